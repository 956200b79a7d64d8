"""Regions: where the calls of a client go, `auto` included, and where they go when a region fails."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from molam_sdk import errors
from tests.unit.sdk.scripted import Script, answered, driving, refused
from tests.unit.sdk.spec_examples import example_answer

LIVE = {"api_key": "sk_live_abc", "api_base": ..., "require_attempt_id": False}


def account(region: Any = "eu-west", **changes: Any) -> httpx.Response:
    return httpx.Response(200, json=example_answer("retrieve_account")[1] | {"home_region": region} | changes)


def by_path(request: httpx.Request) -> httpx.Response:
    return account() if request.url.path == "/v1/account" else answered()


def hosts(script: Script) -> list[str]:
    return [f"{request.url.host}{request.url.path.removeprefix('/v1')}" for request in script.requests]


def test_a_named_region(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script, region="eu-west", **LIVE) as driver:
        driver.create()
        driver.with_options(region="us-east").create()
    assert hosts(script) == [
        "eu-west.api.molam.com/connect/payment_intents",
        "us-east.api.molam.com/connect/payment_intents",
    ]


def test_a_base_with_the_region_in_it(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script, api_base="https://{region}.pay.example.com/api", region="sn") as driver:
        driver.create()
    assert str(script.requests[0].url) == "https://sn.pay.example.com/api/v1/connect/payment_intents"
    assert script.sent("Host") == ["sn.pay.example.com"]


def test_auto_asks_the_account_once(kind: str) -> None:
    script = Script(by_path)
    with driving(kind, script, region="auto", **LIVE) as driver:
        driver.create()
        driver.create()
        driver.with_options(timeout=1).create()
        driver.with_options(max_retries=0, headers={"X-A": "b"}).create()
        driver.call("with_raw_response.payment_intents.create", amount=1, currency="USD")
    assert hosts(script) == ["api.molam.com/account", *["eu-west.api.molam.com/connect/payment_intents"] * 5]


def test_a_copy_that_asked_first_has_asked_for_all(kind: str) -> None:
    script = Script(by_path)
    with driving(kind, script, region="auto", **LIVE) as driver:
        driver.with_options(timeout=1).create()
        driver.call("with_raw_response.payment_intents.create", amount=1, currency="USD")
        driver.create()
    assert hosts(script)[0] == "api.molam.com/account"
    assert len(hosts(script)) == 4


def test_another_account_is_asked_anew(kind: str) -> None:
    script = Script(by_path)
    with driving(kind, script, region="auto", **LIVE) as driver:
        driver.create()
        driver.with_options(account="acct_2").create()
    assert [host.endswith("/account") for host in hosts(script)] == [True, False, True, False]
    assert script.sent("Molam-Account") == [None, None, "acct_2", "acct_2"]


def test_fallback_regions_stay_after_the_home_is_known(kind: str) -> None:
    script = Script(by_path)
    with driving(kind, script, region="auto", fallback_regions=("us-east",), **LIVE) as driver:
        driver.create()
        script.answers[:] = [httpx.ConnectError("down"), answered(200)]
        driver.call("payment_intents.retrieve", answered().json()["id"])
    assert [host.partition("/")[0] for host in hosts(script)] == [
        "api.molam.com",
        "eu-west.api.molam.com",
        "eu-west.api.molam.com",
        "us-east.api.molam.com",
    ]


@pytest.mark.parametrize(
    "region", ["evil.example/#", "evil.example/", "a.b", "", "EU-WEST", "-x", "x" * 80, "a@b", 7, None, "auto", "é"]
)
def test_a_name_that_cannot_be_part_of_a_host_never_gets_into_one(kind: str, region: Any) -> None:
    script = Script(account(region), answered())
    with driving(kind, script, region="auto", **LIVE) as driver:
        driver.create()
        driver.create()
    assert hosts(script) == ["api.molam.com/account", *["api.molam.com/connect/payment_intents"] * 2]


def test_regions_of_ones_own(kind: str) -> None:
    table = {"sn": "https://sn.example", "eu-west": "https://eu.example"}
    script = Script(by_path)
    with driving(kind, script, region="auto", regions=table, api_base=...) as driver:
        driver.create()
    assert hosts(script) == ["sn.example/account", "eu.example/connect/payment_intents"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(401, "api_key_invalid"), errors.AuthenticationError),
        (refused(503), errors.ServerError),
        (httpx.ReadTimeout("slow"), errors.TimeoutError),
        (httpx.Response(200, text="<html>"), errors.UnexpectedResponseError),
    ],
)
def test_an_account_that_cannot_be_asked_means_that_nothing_was_sent(
    kind: str, answer: httpx.Response | Exception, error: type[errors.MolamError]
) -> None:
    script = Script(answer)
    with driving(kind, script, region="auto", max_retries=0, **LIVE) as driver:
        caught = driver.fail(error, idempotency_key="order-1")
        assert (caught.outcome, caught.idempotency_key, caught.attempts) == ("not_sent", "order-1", 0)
        script.answers[:] = [by_path]
        driver.create()
    assert hosts(script)[-1].startswith("eu-west.")


def test_asking_counts_towards_the_deadline(kind: str) -> None:
    with driving(kind, script := Script(answered()), region="auto", deadline=10, **LIVE) as driver:

        def slowly(_: httpx.Request) -> httpx.Response:
            driver.clock.now += 7
            return account()

        script.answers[:] = [slowly, answered()]
        driver.create()
        assert script.sent("Molam-Deadline-Ms") == ["10000", "3000"]

    with driving(kind, script := Script(answered()), region="auto", deadline=10, **LIVE) as driver:

        def too_slowly(_: httpx.Request) -> httpx.Response:
            driver.clock.now += 11
            return account()

        script.answers[:] = [too_slowly, answered()]
        assert driver.fail(errors.TimeoutError).outcome == "not_sent"
        assert len(script.requests) == 1


def test_a_read_moves_to_the_next_region_and_a_write_stays(kind: str) -> None:
    script = Script(httpx.ConnectError("down"), answered(200))
    with driving(kind, script, region="eu-west", fallback_regions=("us-east",), **LIVE) as driver:
        driver.call("payment_intents.retrieve", answered().json()["id"])
        script.answers[:] = [httpx.ConnectError("down"), answered()]
        driver.create()
        script.answers[:] = [httpx.ConnectError("down"), httpx.ConnectError("down"), answered()]
        driver.with_options(write_failover=True).create()
        script.answers[:] = [httpx.ReadError("torn"), httpx.ConnectError("down"), answered()]
        driver.with_options(write_failover=True).create()
    assert [host.partition(".")[0] for host in hosts(script)] == (
        ["eu-west", "us-east"] + ["eu-west"] * 2 + ["us-east", "eu-west", "us-east"] + ["us-east"] * 3
    )


def test_regions_of_one_host_are_one(kind: str) -> None:
    table = {"a": "https://one.example", "b": "https://one.example"}
    script = Script(httpx.ConnectError("down"), answered(200))
    with driving(kind, script, region="a", fallback_regions=("b",), regions=table, api_base=...) as driver:
        driver.call("payment_intents.retrieve", answered().json()["id"])
    assert [request.url.host for request in script.requests] == ["one.example"] * 2
