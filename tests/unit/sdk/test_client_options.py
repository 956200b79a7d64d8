"""`with_options`: another client, the same connections."""

from __future__ import annotations

from typing import Any

import pytest

from molam_sdk import errors
from tests.unit.sdk.scripted import Script, answered, driving, refused


def test_options_hold_for_the_copy_only(kind: str) -> None:
    script = Script(refused(503))
    with driving(kind, script) as driver:
        quick = driver.with_options(max_retries=0, deadline=5.0, timeout=2.0)
        quick.fail(errors.ServerError)
        assert len(script.requests) == 1
        driver.fail(errors.ServerError)
        assert len(script.requests) == 5
    timeouts = [request.extensions["timeout"]["connect"] for request in script.requests[:2]]
    assert (timeouts, script.sent("Molam-Deadline-Ms")[:2]) == ([2.0, 5.0], ["5000", "60000"])


def test_a_copy_is_of_the_same_class_and_keeps_the_rest(kind: str) -> None:
    with driving(kind, Script(answered()), account="acct_1", max_retries=7) as driver:
        copy = driver.with_options(timeout=1)
        assert type(copy.client) is type(driver.client)
        assert (copy.client.config.account, copy.client.config.max_retries) == ("acct_1", 7)
        assert copy.client.payment_intents is not driver.client.payment_intents


def test_copies_share_the_transport_and_its_end(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        copy = driver.with_options(max_retries=0)
        copy.create()
        driver.create()
        copy.close()
        driver.create()
        driver.close()
        copy.fail(errors.ConfigurationError)
    assert len(script.requests) == 3


def test_headers_add_up(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        shop = driver.with_options(headers={"X-Shop": "1", "X-Till": "2"})
        shop.with_options(headers={"x-till": "3"}).with_options(timeout=1).create()
        shop.create()
        driver.create()
    assert script.sent("X-Shop") == ["1", "1", None]
    assert script.sent("X-Till") == ["3", "2", None]


def test_headers_may_replace_what_is_not_the_sdks_promise(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script, default_locale="fr") as driver:
        driver.with_options(headers={"Accept-Language": "wo", "User-Agent": "till/1"}).create()
    (request,) = script.requests
    assert request.headers.get_list("Accept-Language") == ["wo"]
    assert request.headers.get_list("User-Agent") == ["till/1"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"idempotency-key": "x"},
        {"Molam-Account": "acct_2"},
        {"Host": "evil.example"},
        {"X-A": "b\r\nX-C: d"},
        {"X-A": "é"},
        {"X A": "b"},
        {"X-A": 7},
        [("X-A", "b")],
        "X-A: b",
        7,
    ],
    ids=repr,
)
def test_headers_that_are_refused(kind: str, headers: Any) -> None:
    with driving(kind, Script(answered())) as driver, pytest.raises(errors.ConfigurationError, match="header"):
        driver.with_options(headers=headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("transport", None),
        ("http_adapter", None),
        ("wire", "httpx"),
        ("proxy", "http://127.0.0.1:3128"),
        ("trust_env", True),
        ("verify", False),
        ("mtls_cert", "client.pem"),
        ("mtls_key", "client.key"),
        ("ca_bundle", "ca.pem"),
        ("max_connections", 5),
        ("max_response_bytes", 5),
    ],
)
def test_options_of_the_connections_are_refused(kind: str, name: str, value: Any) -> None:
    with driving(kind, Script(answered())) as driver, pytest.raises(errors.ConfigurationError, match=name):
        driver.with_options(**{name: value})


def test_other_options_are_checked_as_ever(kind: str) -> None:
    with driving(kind, Script(answered())) as driver:
        with pytest.raises(errors.ConfigurationError, match="max_retries"):
            driver.with_options(max_retries=-1)
        with pytest.raises(TypeError):
            driver.with_options(retries=1)


def test_another_key_or_account_for_one_call(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        driver.with_options(account="acct_9", api_key="sk_test_other").create()
    assert (script.sent("Molam-Account"), script.sent("Authorization")) == (["acct_9"], ["Bearer sk_test_other"])


def test_no_option_and_no_path_fills_the_budget_again(kind: str) -> None:
    script = Script(refused(503))
    with driving(kind, script, retry_budget=14, circuit_breaker=False) as driver:
        driver.fail(errors.ServerError)
        assert len(script.requests) == 2
        driver.with_options(retry_budget=15).fail(errors.ServerError)
        driver.with_options(api_base="http://127.0.0.1:1/other").fail(errors.ServerError)
        assert len(script.requests) == 4


def test_budget_and_breaker_are_shared_by_the_host(kind: str) -> None:
    script = Script(refused(503))
    with driving(kind, script, max_retries=0) as driver:
        for _ in range(10):
            driver.with_options(timeout=1).fail(errors.ServerError)
        driver.fail(errors.CircuitOpenError)
        driver.with_options(circuit_breaker=False).fail(errors.ServerError)
        driver.fail(errors.ServerError, "payment_intents.retrieve", "pi_1")  # reads have a breaker of their own
