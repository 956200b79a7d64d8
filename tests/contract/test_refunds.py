"""Money given back: in parts, never more than was collected."""

import pytest

from molam_sdk import ConflictError, MolamClient
from tests.contract.flows import movements, pay


def test_a_payment_is_given_back_in_parts(shared_client: MolamClient) -> None:
    intent = pay(shared_client)
    assert intent.latest_charge is not None
    first = shared_client.refunds.create(intent.latest_charge, amount=400, metadata={"line": "1"})
    second = shared_client.refunds.create(intent.id, amount=600)
    rest = shared_client.refunds.create(intent.id)
    assert [refund.amount for refund in (first, second, rest)] == [400, 600, 1500]
    assert {refund.charge for refund in (first, second, rest)} == {intent.latest_charge}
    assert shared_client.payment_intents.retrieve(intent.id).amount_refunded == 2500
    assert sorted(movements(shared_client, intent.id)) == [
        ("charge", 2500),
        ("refund", 400),
        ("refund", 600),
        ("refund", 1500),
    ]


def test_no_more_is_given_back_than_was_collected(shared_client: MolamClient) -> None:
    intent = pay(shared_client)
    shared_client.refunds.create(intent.id, amount=2000)
    with pytest.raises(ConflictError) as over:
        shared_client.refunds.create(intent.id, amount=501)
    assert (over.value.status_code, over.value.code) == (409, "refund_exceeds_captured")
    shared_client.refunds.create(intent.id, amount=500)
    with pytest.raises(ConflictError) as done:
        shared_client.refunds.create(intent.id)
    assert done.value.code == "already_refunded"
    assert sorted(movements(shared_client, intent.id)) == [("charge", 2500), ("refund", 500), ("refund", 2000)]


def test_only_what_was_captured_can_be_given_back(shared_client: MolamClient) -> None:
    held = pay(shared_client, capture_method="manual")
    shared_client.payment_intents.capture(held.id, amount_to_capture=1000)
    with pytest.raises(ConflictError) as over:
        shared_client.refunds.create(held.id, amount=1001)
    assert over.value.code == "refund_exceeds_captured"
    assert shared_client.refunds.create(held.id).amount == 1000


def test_an_unpaid_intent_has_nothing_to_give_back(shared_client: MolamClient) -> None:
    intent = shared_client.payment_intents.create(amount=2500, currency="USD")
    with pytest.raises(ConflictError) as refused:
        shared_client.refunds.create(intent.id)
    assert refused.value.code == "invalid_state"


def test_a_refund_that_fails_later_can_be_made_again(client: MolamClient) -> None:
    intent = pay(client, "pm_cpay_refund_fails_later")
    refund = client.refunds.create(intent.id, amount=400)
    assert refund.status == "succeeded"
    client.sandbox.advance_clock(seconds=60)
    assert client.refunds.retrieve(refund.id).status == "failed"
    assert client.payment_intents.retrieve(intent.id).amount_refunded == 0
    assert movements(client, intent.id) == [("charge", 2500), ("refund", 400), ("refund_reversal", 400)]
    assert client.refunds.create(intent.id).amount == 2500
