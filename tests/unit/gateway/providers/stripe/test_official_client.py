"""The simulator driven by Stripe's own Python client: somebody else's reading of the API."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import stripe

from molam_gateway.providers.simulators.stripe import SECRET_KEY

from .account import Account

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(account: Account) -> AsyncIterator[stripe.StripeClient]:
    http = stripe.AIOHTTPClient()
    yield stripe.StripeClient(
        SECRET_KEY, base_addresses={"api": account.served.url}, http_client=http, max_network_retries=0
    )
    await http.close_async()  # type: ignore[no-untyped-call]  # it has no types


def pay(**members: Any) -> Any:
    return {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True, **members}


async def test_a_payment_is_made_retrieved_and_refunded(account: Account, client: stripe.StripeClient) -> None:
    intent = await client.v1.payment_intents.create_async(pay(metadata={"order": "7"}, expand=["latest_charge"]))
    assert (intent.status, intent.amount_received, intent.metadata["order"]) == ("succeeded", 2000, "7")
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.last_response is not None
    assert intent.last_response.request_id
    again = await client.v1.payment_intents.retrieve_async(intent.id)
    assert again.latest_charge == intent.latest_charge.id
    refund = await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 500})
    assert (refund.status, refund.charge) == ("succeeded", intent.latest_charge.id)
    listed = await client.v1.refunds.list_async({"payment_intent": intent.id})
    assert [each.id for each in listed.data] == [refund.id]
    assert (await client.v1.refunds.retrieve_async(refund.id)).amount == 500
    assert account.moved() == [("charge", 2000, "USD"), ("refund", 500, "USD")]


async def test_a_payment_is_created_confirmed_and_captured_in_steps(
    account: Account, client: stripe.StripeClient
) -> None:
    intents = client.v1.payment_intents
    intent = await intents.create_async({"amount": 2000, "currency": "usd", "capture_method": "manual"})
    assert intent.status == "requires_payment_method"
    intent = await intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 2000)
    intent = await intents.capture_async(intent.id, {"amount_to_capture": 1200, "metadata": {"by": "me"}})
    assert (intent.status, intent.amount_received, intent.amount_capturable) == ("succeeded", 1200, 0)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await intents.cancel_async(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"
    assert account.moved() == [("charge", 1200, "USD")]


async def test_a_payment_is_canceled(client: stripe.StripeClient) -> None:
    intents = client.v1.payment_intents
    intent = await intents.create_async(pay(capture_method="manual"))
    canceled = await intents.cancel_async(intent.id, {"cancellation_reason": "requested_by_customer"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "requested_by_customer")


async def test_a_decline_is_a_card_error_and_the_payment_can_be_tried_again(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as caught:
        await client.v1.payment_intents.create_async(pay(payment_method="pm_card_chargeDeclinedInsufficientFunds"))
    error = caught.value.error
    assert (caught.value.http_status, caught.value.code) == (402, "card_declined")
    assert error is not None
    assert error.decline_code == "insufficient_funds"
    assert error.doc_url == "https://stripe.com/docs/error-codes/card-declined"
    declined = error.payment_intent
    assert declined is not None
    assert declined.last_payment_error is not None
    assert (declined.status, declined.last_payment_error.code) == ("requires_payment_method", "card_declined")
    paid = await client.v1.payment_intents.confirm_async(declined.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


async def test_authentication_leads_to_the_bank(account: Account, client: stripe.StripeClient) -> None:
    given = pay(payment_method="pm_card_authenticationRequired", return_url="https://shop.example/back")
    intent = await client.v1.payment_intents.create_async(given)
    assert intent.next_action is not None
    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    account.simulator.authenticate(intent.id, approve=True)
    assert (await client.v1.payment_intents.retrieve_async(intent.id)).status == "succeeded"
    without = await client.v1.payment_intents.create_async(pay(payment_method="pm_card_authenticationRequired"))
    assert without.next_action is not None
    assert without.next_action.type == "use_stripe_sdk"


async def test_errors_have_the_classes_that_the_client_gives_them(
    account: Account, client: stripe.StripeClient
) -> None:
    intents = client.v1.payment_intents
    with pytest.raises(stripe.InvalidRequestError, match="pi_nobody"):
        await intents.retrieve_async("pi_nobody")
    await intents.create_async(pay(), {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        await intents.create_async(pay(amount=2100), {"idempotency_key": "k"})
    with pytest.raises(stripe.AuthenticationError):
        await intents.create_async(pay(), {"api_key": "sk_test_nobody"})
    account.simulator.keys["rk_test_none"] = False
    with pytest.raises(stripe.PermissionError):
        await intents.create_async(pay(), {"api_key": "rk_test_none"})
    account.simulator.knobs.rate_limit = 0
    with pytest.raises(stripe.RateLimitError):
        await intents.create_async(pay())
    account.simulator.knobs.rate_limit = None
    account.simulator.knobs.internal_errors = ["before"]
    with pytest.raises(stripe.APIError):
        await intents.create_async(pay())


async def test_the_clients_own_retries_survive_a_conflict(account: Account) -> None:
    http = stripe.AIOHTTPClient()
    patient = stripe.StripeClient(
        SECRET_KEY, base_addresses={"api": account.served.url}, http_client=http, max_network_retries=2
    )
    account.simulator.knobs.lock_timeouts = 1
    account.simulator.knobs.latency = 0.02
    await asyncio.gather(
        *(patient.v1.payment_intents.create_async(pay(), {"idempotency_key": "one"}) for _ in range(3))
    )
    assert account.moved() == [("charge", 2000, "USD")]
    await http.close_async()  # type: ignore[no-untyped-call]  # it has no types


async def test_payments_are_found_by_metadata(account: Account, client: stripe.StripeClient) -> None:
    account.simulator.knobs.search_lag = 20
    intent = await client.v1.payment_intents.create_async(pay(metadata={"order": "7"}))
    await client.v1.payment_intents.create_async(pay(metadata={"order": "8"}))
    for query in ("metadata['order']:'7'", "metadata['order']:\"7\" AND status:'succeeded'"):
        assert (await client.v1.payment_intents.search_async({"query": query})).data == []
    account.clock.advance(20)
    for query in ("metadata['order']:'7'", "metadata['order']:\"7\" AND status:'succeeded'"):
        found = await client.v1.payment_intents.search_async({"query": query})
        assert [each.id for each in found.data] == [intent.id]
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.payment_intents.search_async({"query": "order 7"})
