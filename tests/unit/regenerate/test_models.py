"""Generated models: exact values in and out, nothing lost, maps that are maps, secrets out of reprs, and quick."""

import copy
import datetime as dt
import json
import pickle
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest

from _regenerate.layout import SPEC
from _regenerate.spec import load
from molam_api import models
from molam_api.models import (
    BeneficiaryRequest,
    CreatePaymentIntentRequest,
    Metadata,
    PaymentIntent,
    PaymentIntentList,
)
from molam_api.types import UNSET, Unset

OPENED = "2026-11-21T04:00:00.250000+00:00"
BOX: dict[str, Any] = {
    "id": "box_1",
    "object": "box",
    "status": "open",
    "last_status": None,
    "lid": {"box": None},
    "labels": {"color": "red"},
    "opened_at": OPENED,
    "closed_at": None,
    "statuses": ["open", "ajar"],
    "moments": [OPENED],
}
INTENT: dict[str, Any] = {
    **dict.fromkeys(["status_reason", "provider", "provider_reference", "cancellation_reason", "customer_id"]),
    **dict.fromkeys(["merchant_id", "description", "return_url", "cancel_url", "next_action", "latest_charge"]),
    **dict.fromkeys(["last_error", "expires_at"]),
    **dict.fromkeys(["amount_capturable", "amount_refunded"], 0),
    **dict.fromkeys(["created_at", "updated_at"], "2026-11-21T04:00:00.123Z"),
    "id": "pi_0R3kZ8bQx1mT5vY7cN2dLa",
    "object": "payment_intent",
    "amount": 2500,
    "amount_received": 2500,
    "currency": "USD",
    "status": "succeeded",
    "payment_method": "pm_cpay_ok",
    "payment_method_types": ["card", "mobile_money"],
    "capture_method": "automatic",
    "customer": {"phone": "*******4567", "email": "amina@example.com", "name": "Amina Diallo"},
    "metadata": {"order_id": "12345"},
    "idempotency_key": "molam-1763697600000-abcdefghijklmnopqrstuvwxyz",
    "livemode": False,
    "sequence": 7,
}


def pickled(value: Any) -> Any:
    """What is left of a value after a journey through pickle."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301  our own bytes


def test_every_kind_of_member_is_converted(small_models: Any) -> None:
    box = small_models.Box.from_dict(BOX)
    opened = dt.datetime.fromisoformat(OPENED)
    assert box.status is small_models.BoxStatus.OPEN
    assert box.last_status is None
    assert box.lid == small_models.Lid(box=None)
    assert box.labels == {"color": "red"}
    assert (box.opened_at, box.closed_at, box.moments) == (opened, None, [opened])
    assert box.statuses == [small_models.BoxStatus.OPEN, "ajar"]
    assert isinstance(box.statuses[1], small_models.BoxStatus)
    assert box.to_dict() == BOX


def test_the_nullable_members_are_converted_when_there_is_something(small_models: Any) -> None:
    filled = {**BOX, "last_status": "torn", "closed_at": OPENED, "lid": {"box": BOX}, "moments": None}
    box = small_models.Box.from_dict(filled)
    assert isinstance(box.last_status, small_models.BoxStatus)
    assert box.closed_at == dt.datetime.fromisoformat(OPENED)
    assert box.lid.box == small_models.Box.from_dict(BOX)
    assert box.moments is None
    assert box.to_dict() == filled


def test_unknown_members_are_kept_and_reachable(small_models: Any) -> None:
    box = small_models.Box.from_dict({**BOX, "weight": 3, "maker": {"name": "x"}})
    assert box.additional_properties == {"weight": 3, "maker": {"name": "x"}}
    assert box["weight"] == 3
    assert "maker" in box
    assert "id" not in box
    assert box.to_dict()["weight"] == 3


def test_parsing_leaves_the_source_alone(small_models: Any) -> None:
    source = copy.deepcopy({**BOX, "weight": 3})
    box = small_models.Box.from_dict(source)
    box.labels["color"] = "blue"
    box["weight"] = 4
    assert source == {**BOX, "weight": 3}


@pytest.mark.parametrize("name", BOX)
def test_a_missing_member_is_a_key_error_that_names_it(small_models: Any, name: str) -> None:
    with pytest.raises(KeyError, match=name):
        small_models.Box.from_dict({key: value for key, value in BOX.items() if key != name} | {"extra": 1})


@pytest.mark.parametrize(
    ("name", "value"), [("object", "crate"), ("status", 7), ("opened_at", "noon"), ("closed_at", "noon"), ("lid", {})]
)
def test_a_value_that_breaks_the_contract_is_never_handed_on(small_models: Any, name: str, value: object) -> None:
    with pytest.raises((ValueError, KeyError)):
        small_models.Box.from_dict({**BOX, name: value})


def test_a_request_sends_what_is_set_and_only_that(small_models: Any) -> None:
    request = small_models.CreateBoxRequest(name="n", note=None, status=small_models.BoxStatus("ajar"))
    assert request.to_dict() == {"name": "n", "note": None, "status": "ajar"}
    full = {"name": "n", "labels": {"a": "b"}, "opens_at": OPENED, "combination": "1234", "note": "x"}
    assert small_models.CreateBoxRequest.from_dict(full).to_dict() == full


def test_unset_is_recognised_after_copying_and_pickling() -> None:
    request = CreatePaymentIntentRequest(amount=2500, currency="USD")
    for twin in (copy.deepcopy(request), pickled(request)):
        assert twin.to_dict() == {"amount": 2500, "currency": "USD"}
        assert isinstance(twin.metadata, Unset)
    assert not UNSET


def test_metadata_is_a_mapping() -> None:
    metadata = Metadata.from_dict({"order_id": "12345", "campaign": "winter"})
    assert isinstance(metadata, Mapping)
    assert metadata == {"order_id": "12345", "campaign": "winter"}
    assert {"order_id": "12345", "campaign": "winter"} == metadata  # noqa: SIM300  the dict's own comparison
    assert metadata != {"order_id": "12345"}
    assert metadata == Metadata.from_dict({"campaign": "winter", "order_id": "12345"})
    assert (len(metadata), list(metadata), metadata["order_id"]) == (2, ["order_id", "campaign"], "12345")
    assert (list(metadata.keys()), list(metadata.values())) == (["order_id", "campaign"], ["12345", "winter"])
    assert (metadata.get("order_id"), metadata.get("none"), "order_id" in metadata) == ("12345", None, True)
    assert dict(metadata.items()) == {**metadata} == metadata.to_dict()
    with pytest.raises(KeyError):
        metadata["none"]


def test_metadata_is_still_shaped_as_generated() -> None:
    assert [field.name for field in attrs.fields(Metadata)] == ["additional_properties"]
    metadata = Metadata()
    metadata["a"] = "b"
    assert metadata.additional_properties == {"a": "b"}
    assert metadata.additional_keys == ["a"]
    assert repr(metadata) == "Metadata(additional_properties={'a': 'b'})"
    assert pickled(metadata) == metadata == copy.deepcopy(metadata)
    del metadata["a"]
    assert not metadata


def test_secrets_stay_out_of_the_repr() -> None:
    secrets = {"account_number": "SN08010001520000", "phone": "+254712345678"}
    request = BeneficiaryRequest.from_dict({"type": "bank_account", "account_holder": "Amina Diallo", **secrets})
    assert "Amina Diallo" in repr(request)
    assert not [secret for secret in secrets.values() if secret in repr(request)]
    assert request.to_dict()["account_number"] == "SN08010001520000"


def test_exactly_what_the_spec_calls_secret_is_hidden() -> None:
    schemas: dict[str, dict[str, Any]] = load(SPEC)["components"]["schemas"]
    secret = {
        (schema, name)
        for schema, declared in schemas.items()
        for name, member in declared.get("properties", {}).items()
        if member.get("writeOnly") or member.get("format") == "password" or member.get("x-sensitive")
    }
    models_of_spec = {name: getattr(models, name) for name in schemas if attrs.has(getattr(models, name, object))}
    hidden = {
        (schema, field.name)
        for schema, model in models_of_spec.items()
        for field in attrs.fields(model)
        if field.repr is False
    }
    assert hidden == secret
    assert ("WebhookEndpoint", "secret") in secret


def test_models_copy_pickle_and_compare() -> None:
    intent = PaymentIntent.from_dict({**INTENT, "status": "paused", "new": 1})
    for twin in (copy.deepcopy(intent), pickled(intent), PaymentIntent.from_dict(intent.to_dict())):
        assert twin == intent
        assert twin.additional_properties == {"new": 1}
    assert intent != PaymentIntent.from_dict(INTENT)
    assert not hasattr(intent, "__dict__")


def cpu(function: Callable[[], object]) -> float:
    """The least CPU time of twenty runs, in seconds."""
    taken: list[float] = []
    for _ in range(20):
        started = time.process_time_ns()
        function()
        taken.append((time.process_time_ns() - started) / 1e9)
    return min(taken)


def test_building_a_page_of_a_hundred_takes_at_most_two_and_a_half_times_reading_its_json() -> None:
    page = {"object": "list", "data": [INTENT] * 100, "has_more": True, "next_cursor": "pi_x", "url": "/v1"}
    body = json.dumps(page).encode()
    loaded = json.loads(body)
    assert PaymentIntentList.from_dict(loaded).data[99] == PaymentIntent.from_dict(INTENT)
    assert cpu(lambda: PaymentIntentList.from_dict(loaded)) <= 2.5 * cpu(lambda: json.loads(body))
