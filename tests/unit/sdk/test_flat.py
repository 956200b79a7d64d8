"""The flat names are the resources' methods, on both clients."""

from __future__ import annotations

import inspect

import pytest

from molam_sdk import MolamAsyncClient, MolamClient
from tests.unit.sdk.scripted import API_KEY, Script, answered, driving

NAMES = {
    "create_payment_intent": "payment_intents.create",
    "retrieve_payment_intent": "payment_intents.retrieve",
    "confirm_payment_intent": "payment_intents.confirm",
    "cancel_payment_intent": "payment_intents.cancel",
    "list_payment_intents": "payment_intents.list",
    "create_refund": "refunds.create",
    "retrieve_refund": "refunds.retrieve",
    "create_payout": "payouts.create",
    "retrieve_payout": "payouts.retrieve",
    "create_merchant_onboarding": "merchant_onboardings.create",
}


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
@pytest.mark.parametrize(("flat", "method"), NAMES.items())
def test_a_flat_name_is_the_method(made: type[MolamClient | MolamAsyncClient], flat: str, method: str) -> None:
    client = made(api_key=API_KEY)
    resource, _, name = method.partition(".")
    bound = getattr(client, flat)
    assert bound == getattr(getattr(client, resource), name)
    assert inspect.getdoc(bound)


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
def test_the_classes_can_be_looked_at(made: type[MolamClient | MolamAsyncClient]) -> None:
    assert [name for name in NAMES if getattr(made, name) is None] == []
    assert set(NAMES) <= {name for name, _ in inspect.getmembers(made)}


def test_a_flat_call_works(kind: str) -> None:
    with driving(kind, Script(answered())) as driver:
        assert driver.call("create_payment_intent", amount=2500, currency="USD").amount == 2500
