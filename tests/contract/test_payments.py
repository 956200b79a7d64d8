"""Payments from creation to their end, as a merchant sees them."""

import pytest

from molam_gateway.embedded import Sandbox
from molam_sdk import ConflictError, DeclinedError, MolamClient, Money, NotFoundError, ValidationError
from tests.contract.conftest import Connect
from tests.contract.flows import movements, pay


def test_a_payment_is_created_confirmed_and_collected(shared_client: MolamClient) -> None:
    intent = shared_client.payment_intents.create(
        amount=Money.of("25.00", "USD"),
        description="Order 12345",
        customer={"phone": "+254712345678", "email": "amina@example.com", "name": "Amina"},
    )
    assert (intent.status, intent.amount, intent.currency) == ("requires_payment_method", 2500, "USD")
    assert intent.customer is not None
    assert intent.customer.phone is not None
    assert "345678"[:-4] not in intent.customer.phone
    assert intent.customer.phone.endswith("5678")
    assert movements(shared_client, intent.id) == []
    paid = shared_client.payment_intents.confirm(intent.id, payment_method="pm_cpay_ok")
    assert (paid.status, paid.amount_received) == ("succeeded", 2500)
    assert movements(shared_client, intent.id) == [("charge", 2500)]


def test_a_held_payment_is_captured_once_and_the_rest_released(shared_client: MolamClient) -> None:
    held = pay(shared_client, capture_method="manual")
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 2500, 0)
    assert movements(shared_client, held.id) == []
    captured = shared_client.payment_intents.capture(held.id, amount_to_capture=1800)
    assert (captured.status, captured.amount_capturable, captured.amount_received) == ("succeeded", 0, 1800)
    with pytest.raises(ConflictError) as again:
        shared_client.payment_intents.capture(held.id)
    assert (again.value.code, again.value.outcome) == ("invalid_state", "rejected")
    assert movements(shared_client, held.id) == [("charge", 1800)]


def test_more_than_is_held_cannot_be_captured(shared_client: MolamClient) -> None:
    held = pay(shared_client, capture_method="manual")
    with pytest.raises(ValidationError) as refused:
        shared_client.payment_intents.capture(held.id, amount_to_capture=2501)
    assert (refused.value.code, refused.value.param) == ("amount_invalid", "amount_to_capture")
    assert shared_client.payment_intents.capture(held.id).amount_received == 2500


def test_a_held_payment_can_be_given_up(shared_client: MolamClient) -> None:
    held = pay(shared_client, capture_method="manual")
    canceled = shared_client.payment_intents.cancel(held.id, cancellation_reason="out_of_stock")
    assert (canceled.status, canceled.amount_capturable) == ("canceled", 0)
    assert movements(shared_client, held.id) == []


@pytest.mark.parametrize(
    ("payment_method", "decline_code"),
    [
        ("pm_cpay_declined", "generic_decline"),
        ("pm_cpay_insufficient_funds", "insufficient_funds"),
        ("pm_cpay_expired", "expired_card"),
    ],
)
def test_a_declined_payment_names_its_intent_and_can_be_paid_otherwise(
    shared_client: MolamClient, payment_method: str, decline_code: str
) -> None:
    with pytest.raises(DeclinedError) as declined:
        pay(shared_client, payment_method)
    error = declined.value
    assert (error.status_code, error.code, error.decline_code) == (402, "card_declined", decline_code)
    assert error.outcome == "rejected"
    assert error.resource is not None
    assert (error.resource.object_, error.resource.status) == ("payment_intent", "requires_payment_method")
    assert error.resource.id is not None
    intent = shared_client.payment_intents.retrieve(error.resource.id)
    assert intent.last_error is not None
    assert intent.last_error.decline_code == decline_code
    paid = shared_client.payment_intents.confirm(intent.id, payment_method="pm_cpay_ok")
    assert paid.status == "succeeded"
    assert movements(shared_client, intent.id) == [("charge", 2500)]
    attempts = [charge.status for charge in shared_client.charges.list(payment_intent=intent.id)]
    assert attempts == ["succeeded", "failed"]


def test_a_customer_who_must_act_finishes_the_payment(shared_client: MolamClient) -> None:
    intent = pay(shared_client, "pm_cpay_action", return_url="https://shop.example.com/back")
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.redirect_url is not None
    shared_client.sandbox.trigger_event(type="payment_intent.succeeded", object_id=intent.id)
    assert shared_client.payment_intents.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize(
    ("payment_method", "final", "moved"),
    [
        ("pm_cpay_async_ok", "succeeded", [("charge", 2500)]),
        ("pm_cpay_async_fail", "requires_payment_method", []),
    ],
)
def test_a_payment_that_takes_its_time_ends(
    client: MolamClient, payment_method: str, final: str, moved: list[tuple[str, int]]
) -> None:
    intent = pay(client, payment_method)
    assert intent.status == "processing"
    client.sandbox.advance_clock(seconds=30)
    assert client.payment_intents.retrieve(intent.id).status == final
    assert movements(client, intent.id) == moved


@pytest.mark.parametrize(
    ("payment_method", "final", "moved"),
    [
        ("pm_cpay_unknown_ok", "succeeded", [("charge", 2500)]),
        ("pm_cpay_unknown_fail", "requires_payment_method", []),
    ],
)
def test_an_unknown_outcome_is_found_out_without_paying_twice(
    client: MolamClient, payment_method: str, final: str, moved: list[tuple[str, int]]
) -> None:
    intent = pay(client, payment_method)
    assert (intent.status, intent.status_reason) == ("processing", "provider_unknown")
    with pytest.raises(ConflictError) as refused:
        client.payment_intents.cancel(intent.id)
    assert refused.value.code == "payment_in_flight"
    client.sandbox.advance_clock(seconds=31)
    settled = client.payment_intents.retrieve(intent.id)
    assert (settled.status, settled.status_reason) == (final, None)
    assert movements(client, intent.id) == moved


def test_a_slow_provider_does_not_outlast_the_callers_deadline(connect: Connect, gateway: Sandbox) -> None:
    """The gateway answers `processing` while the caller still listens, and the payment goes on."""
    client = connect(gateway, deadline=1.5, max_retries=0)
    intent = pay(client, "pm_cpay_slow")
    assert intent.status == "processing"
    client.sandbox.advance_clock(seconds=60)
    assert client.payment_intents.retrieve(intent.id).status == "succeeded"
    assert movements(client, intent.id) == [("charge", 2500)]


def test_an_intent_that_nobody_pays_expires(client: MolamClient) -> None:
    intent = client.payment_intents.create(amount=2500, currency="USD")
    client.sandbox.advance_clock(seconds=25 * 3600)
    expired = client.payment_intents.retrieve(intent.id)
    assert (expired.status, expired.status_reason) == ("canceled", "expired")


def test_what_is_not_there_is_not_found(shared_client: MolamClient) -> None:
    with pytest.raises(NotFoundError) as missing:
        shared_client.payment_intents.retrieve("pi_0000000000000000000000")
    assert (missing.value.code, missing.value.outcome) == ("resource_missing", "rejected")
    assert missing.value.request_id is not None


def test_what_only_the_gateway_can_refuse_is_refused_there(shared_client: MolamClient) -> None:
    with pytest.raises(ValidationError) as refused:
        shared_client.payment_intents.create(amount=2500, currency="USD", description="4242 4242 4242 4242")
    assert (refused.value.code, refused.value.status_code) == ("card_data_not_allowed", 400)
    assert "4242" not in str(refused.value)
