"""Input that cannot work is refused with a typed error before a byte is sent, and nothing is half-done."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk import MolamAsyncClient, MolamClient, Money, errors
from tests.unit.sdk.scripted import API_KEY, Script, answered, driving

BENEFICIARY = {"type": "mobile_money", "phone": "+22178000000"}

AMOUNTS: list[Any] = [
    25.0,
    2500.0,
    True,
    False,
    Decimal(2500),
    0,
    -1,
    2**53,
    10**30,
    "2500",
    None,
    b"2500",
    float("nan"),
    [2500],
    object(),
]
IDS: list[Any] = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "?x",
    "#x",
    "%2e%2e",
    "%2E%2E%2F",
    "a b",
    "a\r\nX: y",
    "a\n",
    "a\x00",
    "é",
    "٣",
    "a" * 256,
    None,
    7,
    b"pi_1",
    ["pi_1"],
]
KEYS: list[Any] = ["", " ", "a b", "é", "a\r\nX: y", "a\n", "\x7f", "a" * 256, 7, b"key", ["key"], True]

# One method for each place that takes an id, and all that take an amount or a key.
METHODS_WITH_ID = [
    "payment_intents.retrieve",
    "payment_intents.confirm",
    "payment_intents.capture",
    "payment_intents.cancel",
    "charges.retrieve",
    "refunds.create",
    "refunds.retrieve",
    "payouts.retrieve",
    "payouts.cancel",
    "merchant_onboardings.retrieve",
    "merchant_onboardings.submit",
    "webhook_endpoints.retrieve",
    "webhook_endpoints.update",
    "webhook_endpoints.delete",
    "webhook_endpoints.rotate_secret",
    "webhook_endpoints.test",
    "webhook_deliveries.retrieve",
    "webhook_deliveries.redrive",
    "events.retrieve",
]


def assert_refused(error: errors.ValidationError, script: Script, param: str | None = None) -> None:
    assert type(error) is errors.ValidationError
    assert (error.status_code, error.outcome, error.attempts, error.request_id) == (None, "not_sent", 0, None)
    assert error.param == param
    assert script.requests == []


@pytest.mark.parametrize(
    "amount", AMOUNTS, ids=[f"{type(each).__name__}-{number}" for number, each in enumerate(AMOUNTS)]
)
def test_amounts(kind: str, amount: Any) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        for method, more in (("payment_intents.create", {}), ("payouts.create", {"beneficiary": BENEFICIARY})):
            error = driver.fail(errors.ValidationError, method, **{"amount": amount, "currency": "USD"} | more)
            assert_refused(error, script, "amount")
            assert 'Money.of("25.00", "USD")' in error.message
        if amount is not None:
            refund = driver.fail(errors.ValidationError, "refunds.create", "ch_1", amount=amount)
            assert_refused(refund, script, "amount")
            capture = driver.fail(errors.ValidationError, "payment_intents.capture", "pi_1", amount_to_capture=amount)
            assert_refused(capture, script, "amount_to_capture")


@pytest.mark.parametrize("currency", ["", "US", "USDX", "ZZZ", "usd ", "US\n", "€UR", 7, b"USD"])
def test_currencies(kind: str, currency: Any) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        assert_refused(driver.fail(errors.ValidationError, currency=currency), script, "currency")


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("payment_intents.create", {"amount": 25.0, "currency": "USD"}),
        ("payment_intents.create", {"amount": 2500, "currency": "USD", "metadata": {"a": 1}}),
        ("payment_intents.capture", {"payment_intent_id": "pi_1", "amount_to_capture": -1}),
        ("payment_intents.confirm", {"payment_intent_id": "../pi_1"}),
        ("payouts.create", {"amount": 2500, "currency": "USD", "beneficiary": {"number": "1"}}),
        ("webhook_endpoints.update", {"webhook_endpoint_id": "we_1", "enabled_events": "ping"}),
        ("webhook_endpoints.delete", {"webhook_endpoint_id": ""}),
        ("sandbox.inject_fault", {"kind": 7}),
    ],
)
def test_a_refusal_names_the_key_that_was_given(kind: str, method: str, arguments: dict[str, Any]) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        assert driver.fail(errors.ValidationError, method, **arguments).idempotency_key is None
        refused = driver.fail(errors.ValidationError, method, idempotency_key="order-1", **arguments)
        unusable = driver.fail(errors.ValidationError, method, idempotency_key="order 1", **arguments)
    assert refused.idempotency_key == "order-1"
    assert unusable.idempotency_key is None
    assert script.requests == []


def test_an_int_needs_a_currency(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        error = driver.fail(errors.ValidationError, amount=2500, currency=None)
        assert_refused(error, script, "currency")


def test_money_of_another_currency(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        error = driver.fail(errors.ValidationError, amount=Money.of("25.00", "EUR"), currency="USD")
        assert_refused(error, script, "currency")


def test_money_where_no_currency_is_sent(kind: str) -> None:
    script = Script(answered())
    money = Money.of("4.00", "EUR")
    with driving(kind, script) as driver:
        refund = driver.fail(errors.ValidationError, "refunds.create", "ch_1", amount=money)
        assert_refused(refund, script, "amount")
        capture = driver.fail(errors.ValidationError, "payment_intents.capture", "pi_1", amount_to_capture=money)
        assert_refused(capture, script, "amount_to_capture")


@pytest.mark.parametrize("id", IDS, ids=repr)
def test_ids(kind: str, id: Any) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        for method in METHODS_WITH_ID:
            error = driver.fail(errors.ValidationError, method, id)
            assert error.param is not None
            assert error.param.endswith("_id")
            assert_refused(error, script, error.param)
        assert_refused(driver.fail(errors.ValidationError, "call", "retrieve_event", id), script, "event_id")


@given(st.text(max_size=300))
def test_whatever_is_asked_for_stays_in_its_place(id: str) -> None:
    script = Script(answered(200, {}))
    with driving("sync", script, max_retries=0) as driver:
        try:
            driver.call("payment_intents.retrieve", id)
        except errors.ValidationError:
            assert script.requests == []
        except errors.UnexpectedResponseError:
            assert script.requests[0].url.raw_path == f"/v1/connect/payment_intents/{id}".encode()


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_idempotency_keys(kind: str, key: Any) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        error = driver.fail(errors.ValidationError, idempotency_key=key)
        assert_refused(error, script, "idempotency_key")
        assert error.code == "idempotency_key_invalid"
        refund = driver.fail(errors.ValidationError, "refunds.create", "ch_1", idempotency_key=key)
        assert_refused(refund, script, "idempotency_key")


@pytest.mark.parametrize(
    ("arguments", "param"),
    [
        ({"metadata": {"a": 1}}, "metadata"),
        ({"metadata": {1: "a"}}, "metadata"),
        ({"metadata": [("a", "b")]}, "metadata"),
        ({"metadata": "a"}, "metadata"),
        ({"confirm": "yes"}, "confirm"),
        ({"confirm": 1}, "confirm"),
        ({"capture_method": 1}, "capture_method"),
        ({"customer": {"name": "A", "card": "4242"}}, "customer.card"),
        ({"customer": "cus_1"}, "customer"),
        ({"customer": [("name", "A")]}, "customer"),
        ({"description": object()}, None),
        ({"description": float("nan")}, None),
        ({"description": "half a pair \ud83d"}, None),
        ({"return_url": b"https://shop.example"}, None),
    ],
)
def test_members_of_a_request(kind: str, arguments: dict[str, Any], param: str | None) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        error = driver.fail(errors.ValidationError, **arguments)
        assert_refused(error, script, param)
    assert error.code in ("parameter_invalid", "parameter_unknown")


@pytest.mark.parametrize(
    ("filters", "param"),
    [
        ({"starting_after": "a", "ending_before": "b"}, "ending_before"),
        ({"created_at_gte": "2026-11-01T00:00:00"}, "created_at_gte"),
        ({"created_at_lte": "yesterday"}, "created_at_lte"),
        ({"created_at_lte": 1_700_000_000}, "created_at_lte"),
        ({"status": 7}, "status"),
    ],
)
def test_filters_of_a_list_are_checked_when_it_is_made(kind: str, filters: dict[str, Any], param: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        assert_refused(driver.fail(errors.ValidationError, "payment_intents.list", **filters), script, param)


def test_a_filter_that_is_no_text(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver, pytest.raises(errors.ValidationError, match="surrogate") as caught:
        driver.items("payment_intents.list", customer_id="\ud83d")
    assert_refused(caught.value, script)


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
@pytest.mark.parametrize(
    "options",
    [
        {"api_key": ""},
        {"api_key": "sk_test_ä"},
        {"api_key": "sk_test_a\r\nX: y"},
        {"api_key": "pk_test_abc"},
        {"api_base": "http://pay.example.com"},
        {"api_base": "https://user:pass@pay.example.com"},
        {"api_base": "https://pay.example.com/#frag"},
        {"api_base": "pay.example.com"},
        {"api_base": "ftp://pay.example.com"},
        {"environment": "production"},
        {"environment": "mars"},
        {"api_base": "https://api.molam.com"},
        {"api_base": "https://API.MOLAM.COM."},
        {"region": "eu-west"},
        {"verify": False},
        {"timeout": 0},
        {"deadline": float("inf")},
        {"max_retries": -1},
        {"max_retries": True},
    ],
    ids=repr,
)
def test_clients_that_cannot_work_are_not_made(made: Any, options: dict[str, Any]) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        made(**{"api_key": API_KEY} | options)
    assert isinstance(caught.value, ValueError)
    assert API_KEY not in str(caught.value)


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
def test_a_client_needs_a_key(made: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="MOLAM_API_KEY"):
        made()


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
def test_a_webhook_secret_is_needed_for_webhooks_only(made: Any) -> None:
    client = made(api_key=API_KEY)
    for method in (client.verify_webhook_signature, client.construct_event):
        with pytest.raises(errors.ConfigurationError, match="MOLAM_WEBHOOK_SECRET"):
            method("t=1,v1=00", b"{}")
