"""The seam to generated code: what is sent for a call, and how its answer is read."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from molam_api.api.events import list_events, retrieve_event
from molam_api.api.payment_intents import create_payment_intent
from molam_api.api.refunds import create_refund
from molam_api.api.webhook_endpoints import delete_webhook_endpoint
from molam_api.models import CreatePaymentIntentRequest, CreateRefundRequest, DeletedWebhookEndpoint
from molam_sdk import errors
from molam_sdk._calls.operation import endpoint_of, prepare, read
from molam_sdk._exchange.attempt import Settled
from molam_sdk._exchange.reply import Reply


def test_a_call_is_serialised_once() -> None:
    body = CreatePaymentIntentRequest(amount=2500, currency="XOF", description="Aéroport 漢")
    prepared = prepare(create_payment_intent, (), {"body": body})
    assert prepared.content == '{"amount":2500,"currency":"XOF","description":"Aéroport 漢"}'.encode()
    assert (prepared.target, prepared.key_was_minted) == ("/v1/connect/payment_intents", True)
    assert (prepared.ask.operation, prepared.ask.object_id) == ("create_payment_intent", None)


def test_a_key_of_the_callers_is_kept() -> None:
    arguments = {"body": CreateRefundRequest(amount=1), "idempotency_key": "order-1"}
    prepared = prepare(create_refund, ("pi_1",), arguments)
    assert (prepared.ask.idempotency_key, prepared.key_was_minted) == ("order-1", False)
    assert prepared.target == "/v1/connect/charges/pi_1/refund"


def test_the_object_to_expect_is_the_paths_where_the_spec_says_so() -> None:
    assert prepare(retrieve_event, ("evt_1",), {}).ask.object_id == "evt_1"
    assert prepare(retrieve_event, (), {"event_id": "evt_2"}).ask.object_id == "evt_2"
    assert prepare(delete_webhook_endpoint, ("we_1",), {}).ask.object_id is None


def test_a_read_needs_no_key() -> None:
    prepared = prepare(list_events, (), {"type_": "refund.processed", "object_id": "a b/ü"})
    assert (prepared.ask.idempotency_key, prepared.key_was_minted, prepared.content) == (None, False, None)
    assert prepared.target == "/v1/events?type=refund.processed&object_id=a+b%2F%C3%BC"


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan"), float("inf"), b"x", "\ud83d"])
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    body = CreatePaymentIntentRequest(amount=2500, currency="USD", description=value)
    with pytest.raises(errors.ValidationError, match="cannot be written as JSON") as caught:
        prepare(create_payment_intent, (), {"body": body})
    assert caught.value.cause_type in ("TypeError", "ValueError", "UnicodeEncodeError")


def test_what_has_no_end_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(errors.ValidationError, match="cannot be written as JSON"):
        prepare(create_payment_intent, (), {"body": CreatePaymentIntentRequest(1, "USD", description=endless)})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_endpoints_by_name() -> None:
    assert endpoint_of("create_refund") is create_refund
    with pytest.raises(errors.ValidationError, match="no operation 'create_money'"):
        endpoint_of("create_money")


@pytest.mark.parametrize("endpoint", [None, 7, "create_refund", ModuleType("molam_api.api.refunds"), errors])
def test_what_is_no_endpoint_is_refused(endpoint: Any) -> None:
    with pytest.raises(errors.ValidationError, match=r"molam_api\.api"):
        prepare(endpoint, (), {})


def test_an_answer_is_read_as_the_model() -> None:
    prepared = prepare(delete_webhook_endpoint, ("we_1",), {})
    reply = Reply(200, {}, b'{"id":"we_1","object":"webhook_endpoint","deleted":true}')
    assert isinstance(read(prepared, Settled(reply, 1)), DeletedWebhookEndpoint)


def test_an_answer_for_which_there_is_no_model_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare(delete_webhook_endpoint, ("we_1",), {"idempotency_key": "k"})

    def nothing(**_: object) -> None:
        return None

    monkeypatch.setattr(delete_webhook_endpoint, "_parse_response", nothing)
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        read(prepared, Settled(Reply(200, {}, b"{}"), 3))
    assert (caught.value.attempts, caught.value.idempotency_key, caught.value.cause_type) == (3, "k", "no model")
