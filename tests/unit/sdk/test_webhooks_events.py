"""A verified body becomes the event model with its typed object, and nothing in it is lost."""

import json
import time
import warnings
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_api.event_types import EVENT_OBJECTS
from molam_api.models import Event, PaymentIntent, PaymentIntentStatus
from molam_sdk import webhooks
from molam_sdk.errors import SignatureError, UnexpectedResponseError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwLCQxMFZ0a3M="
INTENT: dict[str, Any] = {
    "status_reason": None,
    "provider_reference": None,
    "cancellation_reason": None,
    "customer_id": None,
    "merchant_id": None,
    "customer": None,
    "description": None,
    "return_url": None,
    "cancel_url": None,
    "next_action": None,
    "latest_charge": None,
    "last_error": None,
    "expires_at": None,
    "id": "pi_1",
    "object": "payment_intent",
    "amount": 2500,
    "amount_capturable": 0,
    "amount_received": 2500,
    "amount_refunded": 0,
    "currency": "USD",
    "status": "succeeded",
    "provider": "cpay",
    "payment_method": "pm_cpay_ok",
    "payment_method_types": ["card"],
    "capture_method": "automatic",
    "metadata": {"order_id": "12345"},
    "idempotency_key": "order-12345",
    "livemode": False,
    "created_at": "2026-11-21T04:00:00Z",
    "updated_at": "2026-11-21T04:00:01Z",
    "sequence": 3,
}
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "api_version": "2026-11-01",
    "livemode": False,
    "account": "acct_1",
    "sequence": 9,
    "created_at": "2026-11-21T04:00:01Z",
    "data": {"object": INTENT, "previous_attributes": {"status": "processing"}},
    "request": {"id": "req_1", "idempotency_key": "order-12345"},
}


def received(document: object) -> Event:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return webhooks.construct_event(webhooks.generate_signature(body, SECRET), body, SECRET)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in EVENT.items() if key != name}


def test_a_known_type_has_its_model() -> None:
    event = received(EVENT)
    assert (event.id, event.type_, event.account, event.sequence) == ("evt_1", "payment_intent.succeeded", "acct_1", 9)
    assert event.created_at == datetime(2026, 11, 21, 4, 0, 1, tzinfo=UTC)
    assert event.request is not None
    assert event.request.idempotency_key == "order-12345"
    intent: object = event.data.object_
    assert isinstance(intent, PaymentIntent)
    assert (intent.id, intent.amount, intent.status) == ("pi_1", 2500, PaymentIntentStatus.SUCCEEDED)
    assert event.data.previous_attributes is not None
    assert dict(event.data.previous_attributes) == {"status": "processing"}


def test_an_event_can_be_written_out_again() -> None:
    assert received(EVENT).to_dict()["data"]["object"]["metadata"] == {"order_id": "12345"}
    unknown = {**EVENT, "type": "payment_intent.teleported"}
    assert received(unknown).to_dict()["data"] == EVENT["data"]


def test_an_unknown_type_has_the_plain_dict() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        event = received(
            {**EVENT, "type": "payment_intent.teleported", "data": {**EVENT["data"], "object": {"a": [1]}}}
        )
    assert event.type_ == "payment_intent.teleported"
    assert event.data.object_ == {"a": [1]}
    assert isinstance(event.data.object_, dict)


def test_unknown_members_and_enum_values_stay_reachable() -> None:
    intent = {**INTENT, "status": "on_the_moon", "tip": 5}
    event = received({**EVENT, "mood": "good", "data": {**EVENT["data"], "object": intent}})
    model: object = event.data.object_
    assert isinstance(model, PaymentIntent)
    assert (model.status, model.additional_properties) == ("on_the_moon", {"tip": 5})
    assert event.additional_properties == {"mood": "good"}


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"id": "pi_1"},
        {**INTENT, "created_at": "yesterday"},
        {**INTENT, "status": ["x"]},
        {**INTENT, "metadata": 7},
        {**INTENT, "customer": "cus_1"},
        {**INTENT, "object": "refund"},
        {**INTENT, "amount": float("nan")},
        {**INTENT, "amount": float("inf")},
        {**INTENT, "amount": 25.0},
        {**INTENT, "amount": True},
        {**INTENT, "livemode": "false"},
        {**INTENT, "created_at": "2026-11-21T04:00:00"},
    ],
)
def test_an_object_that_does_not_fit_its_model_stays_a_dict_with_a_warning(broken: dict[str, Any]) -> None:
    with pytest.warns(webhooks.EventModelWarning, match=r"payment_intent\.succeeded") as seen:
        event = received({**EVENT, "data": {**EVENT["data"], "object": broken}})
    assert repr(event.data.object_) == repr(broken)
    assert [str(getattr(warning.message, "event_id", None)) for warning in seen] == ["evt_1"]
    assert event.sequence == 9


def test_the_warning_points_at_the_receiver() -> None:
    body = json.dumps({**EVENT, "data": {"object": {}, "previous_attributes": None}}).encode()
    header = webhooks.generate_signature(body, SECRET)
    with pytest.warns(webhooks.EventModelWarning) as seen:
        webhooks.construct_event(header, body, SECRET)
    assert {warning.filename for warning in seen} == {__file__}


def test_the_least_event_has_an_id_and_a_type() -> None:
    with pytest.warns(webhooks.EventModelWarning) as seen:
        event = received({"id": "evt_1", "type": "payment_intent.succeeded"})
    assert {warning.filename for warning in seen} == {__file__}
    assert (event.id, event.type_, event.object_) == ("evt_1", "payment_intent.succeeded", "event")
    members: list[object] = [event.created_at, event.sequence, event.request]
    assert members == [None, None, None]
    assert event.data.object_ == {}
    assert event.data.previous_attributes is None


@pytest.mark.parametrize("name", ["object", "api_version", "livemode", "account", "sequence", "created_at", "request"])
def test_a_missing_member_of_the_envelope_is_none(name: str) -> None:
    with pytest.warns(webhooks.EventModelWarning, match="lacks"):
        event = received(without(name))
    assert isinstance(event.data.object_, PaymentIntent)
    assert event.id == "evt_1"
    assert name == "object" or getattr(event, name) is None


@pytest.mark.parametrize(
    "data", [None, 7, [], "x", {"object": None}, {"object": [1]}, {"object": "pi_1", "previous_attributes": 7}]
)
def test_data_of_another_form_is_an_empty_dict(data: object) -> None:
    with pytest.warns(webhooks.EventModelWarning):
        event = received({**EVENT, "data": data})
    assert event.data.object_ == {}
    assert event.created_at == datetime(2026, 11, 21, 4, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"evt_1"',
        b"{}",
        b'{"id":"evt_1"}',
        b'{"type":"ping"}',
        b'{"id":1,"type":"ping"}',
        b'{"id":"evt_1","type":null}',
        b'{"id":"evt_1","type":"ping"',
        b"<html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id":' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_verified_body_that_is_no_event(body: bytes) -> None:
    with pytest.raises(UnexpectedResponseError, match="authentic but not an event") as caught:
        received(body)
    assert caught.value.raw == body
    assert caught.value.outcome == "not_sent"


def test_nothing_is_parsed_before_it_is_verified() -> None:
    with pytest.raises(SignatureError):
        webhooks.construct_event(f"t={int(time.time())},v1={'0' * 64}", b"[" * 100_000, SECRET)


@pytest.mark.parametrize("event_type", EVENT_OBJECTS)
def test_every_declared_type_has_a_model(event_type: str) -> None:
    with pytest.warns(webhooks.EventModelWarning, match="expected form"):
        received({**EVENT, "type": event_type, "data": {"object": {}, "previous_attributes": None}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")
@given(
    changes=st.dictionaries(st.sampled_from(list(EVENT)), JSON),
    inner=st.dictionaries(st.sampled_from(list(INTENT)), JSON),
)
def test_any_signed_json_is_an_event_or_unexpected(changes: dict[str, Any], inner: dict[str, Any]) -> None:
    document = {**EVENT, "data": {"object": {**INTENT, **inner}, "previous_attributes": None}, **changes}
    try:
        event = received(document)
    except UnexpectedResponseError:
        assert not (isinstance(document["id"], str) and isinstance(document["type"], str))
    else:
        assert (event.id, event.type_) == (document["id"], document["type"])
