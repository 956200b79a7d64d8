"""Payment intents from creation to their final states."""

from typing import Any

import pytest

from molam_gateway.operations.balance import retrieve_balance
from molam_gateway.operations.charges import list_charges, retrieve_charge
from molam_gateway.operations.payment_intents import (
    cancel_payment_intent,
    capture_payment_intent,
    confirm_payment_intent,
    create_payment_intent,
    retrieve_payment_intent,
)
from molam_gateway.operations.sandbox_actions import find_action, resolve_action

from .bench import Bench

pytestmark = pytest.mark.anyio


async def create(bench: Bench, **members: object) -> dict[str, Any]:
    reply = await bench.call(create_payment_intent, {"amount": 5000, "currency": "usd", **members})
    assert reply.status == 201, reply.json
    return reply.json


async def pay(bench: Bench, token: str, **members: object) -> dict[str, Any]:
    return await create(bench, confirm=True, payment_method=token, **members)


async def read(bench: Bench, id: str) -> dict[str, Any]:
    return (await bench.call(retrieve_payment_intent, payment_intent_id=id)).json


async def test_an_intent_without_a_method_waits_for_one(bench: Bench) -> None:
    intent = await create(bench, customer={"phone": "+254700001234", "name": "Amina"}, metadata={"order": "1"})
    assert intent["status"] == "requires_payment_method"
    assert intent["currency"] == "USD"
    assert intent["customer"] == {"phone": "***1234", "email": None, "name": "Amina"}
    assert await bench.event_types() == ["payment_intent.created"]
    refused = await bench.call(confirm_payment_intent, {}, payment_intent_id=intent["id"])
    assert (refused.status, refused.json["param"]) == (400, "payment_method")


async def test_confirming_collects_the_money_once(bench: Bench) -> None:
    intent = await create(bench, payment_method="pm_cpay_ok")
    assert intent["status"] == "requires_confirmation"
    paid = await bench.call(confirm_payment_intent, {}, payment_intent_id=intent["id"])
    assert paid.status == 200
    assert (paid.json["status"], paid.json["amount_received"]) == ("succeeded", 5000)
    charge = (await bench.call(retrieve_charge, charge_id=paid.json["latest_charge"])).json
    assert (charge["status"], charge["amount_captured"], charge["attempt_number"]) == ("succeeded", 5000, 1)
    assert charge["payment_method_details"]["card"]["last4"] == "4242"
    assert await bench.movements() == [5000]
    assert await bench.sums() == {"provider_clearing": 5000, "merchant_payable": -5000}
    balance = (await bench.call(retrieve_balance)).json
    assert balance["available"] == [{"amount": 5000, "currency": "USD"}]
    assert await bench.event_types() == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


async def test_an_event_tells_what_changed_and_who_asked(bench: Bench) -> None:
    await pay(bench, "pm_cpay_ok")
    event = (await bench.events())[-1]
    assert event["data"]["previous_attributes"]["status"] == "processing"
    assert event["request"] == {"id": "req_1", "idempotency_key": "key-1"}
    assert event["sequence"] == event["data"]["object"]["sequence"]


@pytest.mark.parametrize(
    ("token", "decline_code"),
    [
        ("pm_cpay_declined", "generic_decline"),
        ("pm_cpay_insufficient_funds", "insufficient_funds"),
        ("pm_cpay_expired", "expired_card"),
    ],
)
async def test_a_decline_names_the_intent_and_another_method_may_be_tried(
    bench: Bench, token: str, decline_code: str
) -> None:
    refused = await bench.call(
        create_payment_intent, {"amount": 100, "currency": "XOF", "confirm": True, "payment_method": token}
    )
    assert (refused.status, refused.json["code"], refused.json["decline_code"]) == (402, "card_declined", decline_code)
    id = refused.json["resource"]["id"]
    intent = await read(bench, id)
    assert (intent["status"], intent["last_error"]["decline_code"]) == ("requires_payment_method", decline_code)
    paid = await bench.call(confirm_payment_intent, {"payment_method": "pm_cpay_ok"}, payment_intent_id=id)
    assert (paid.json["status"], paid.json["last_error"]) == ("succeeded", None)
    charges = await bench.call(list_charges, query={"payment_intent": id})
    assert [charge["status"] for charge in charges.json["data"]] == ["succeeded", "failed"]
    assert await bench.movements() == [100]


async def test_a_partial_capture_releases_the_rest(bench: Bench) -> None:
    intent = await pay(bench, "pm_cpay_ok", capture_method="manual")
    assert (intent["status"], intent["amount_capturable"]) == ("requires_capture", 5000)
    assert await bench.movements() == []
    too_much = await bench.call(capture_payment_intent, {"amount_to_capture": 5001}, payment_intent_id=intent["id"])
    assert (too_much.status, too_much.json["code"]) == (400, "amount_invalid")
    captured = await bench.call(capture_payment_intent, {"amount_to_capture": 3000}, payment_intent_id=intent["id"])
    assert (captured.json["status"], captured.json["amount_received"]) == ("succeeded", 3000)
    assert captured.json["amount_capturable"] == 0
    assert await bench.movements() == [3000]
    again = await bench.call(capture_payment_intent, {}, payment_intent_id=intent["id"])
    assert (again.status, again.json["code"]) == (409, "invalid_state")


async def test_canceling_releases_what_is_held(bench: Bench) -> None:
    intent = await pay(bench, "pm_cpay_ok", capture_method="manual")
    canceled = await bench.call(
        cancel_payment_intent, {"cancellation_reason": "duplicate"}, payment_intent_id=intent["id"]
    )
    assert canceled.status == 200
    assert (canceled.json["status"], canceled.json["cancellation_reason"]) == ("canceled", "duplicate")
    charge = await bench.call(retrieve_charge, charge_id=intent["latest_charge"])
    assert charge.json["status"] == "canceled"
    assert await bench.movements() == []
    again = await bench.call(cancel_payment_intent, {}, payment_intent_id=intent["id"])
    assert (again.status, again.json["resource"]["status"]) == (409, "canceled")


@pytest.mark.parametrize(("approve", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
async def test_the_customer_decides_on_the_redirect_page(bench: Bench, approve: bool, status: str) -> None:
    intent = await pay(bench, "pm_cpay_action", return_url="https://shop.example/back")
    assert intent["status"] == "requires_action"
    token = intent["next_action"]["redirect_url"].rpartition("/")[2]
    waiting = await find_action(bench.services, token)
    assert waiting is not None
    assert waiting.open
    decided = await resolve_action(bench.services, token, approve=approve)
    assert decided is not None
    assert (decided.status, decided.open, decided.return_url) == (status, False, "https://shop.example/back")
    again = await resolve_action(bench.services, token, approve=not approve)
    assert again == decided
    assert len(await bench.movements()) == approve
    assert await resolve_action(bench.services, "act_unknown", approve=True) is None


async def test_canceling_withdraws_the_redirect(bench: Bench) -> None:
    intent = await pay(bench, "pm_cpay_action")
    canceled = await bench.call(cancel_payment_intent, {}, payment_intent_id=intent["id"])
    assert canceled.json["status"] == "canceled"
    token = intent["next_action"]["redirect_url"].rpartition("/")[2]
    await resolve_action(bench.services, token, approve=True)
    await bench.advance(7200)
    assert (await read(bench, intent["id"]))["status"] == "canceled"
    assert await bench.movements() == []


@pytest.mark.parametrize(
    ("token", "status"), [("pm_cpay_async_ok", "succeeded"), ("pm_cpay_async_fail", "requires_payment_method")]
)
async def test_an_asynchronous_payment_is_final_after_thirty_seconds(bench: Bench, token: str, status: str) -> None:
    intent = await pay(bench, token)
    assert (intent["status"], intent["status_reason"]) == ("processing", None)
    in_flight = await bench.call(cancel_payment_intent, {}, payment_intent_id=intent["id"])
    assert (in_flight.status, in_flight.json["code"]) == (409, "payment_in_flight")
    await bench.advance(29)
    assert (await read(bench, intent["id"]))["status"] == "processing"
    await bench.advance(1)
    assert (await read(bench, intent["id"]))["status"] == status


@pytest.mark.parametrize(
    ("token", "status", "moved"),
    [("pm_cpay_unknown_ok", "succeeded", [5000]), ("pm_cpay_unknown_fail", "requires_payment_method", [])],
)
async def test_a_lost_answer_is_found_out_without_charging_again(
    bench: Bench, token: str, status: str, moved: list[int]
) -> None:
    intent = await pay(bench, token)
    assert (intent["status"], intent["status_reason"]) == ("processing", "provider_unknown")
    confirm = await bench.call(confirm_payment_intent, {"payment_method": "pm_cpay_ok"}, payment_intent_id=intent["id"])
    assert confirm.json["code"] == "payment_in_flight"
    await bench.advance(30)
    settled = await read(bench, intent["id"])
    assert (settled["status"], settled["status_reason"]) == (status, None)
    assert await bench.movements() == moved


async def test_an_asynchronous_authorization_can_be_captured_later(bench: Bench) -> None:
    intent = await pay(bench, "pm_cpay_async_ok", capture_method="manual")
    await bench.advance(30)
    assert (await read(bench, intent["id"]))["status"] == "requires_capture"
    await bench.call(capture_payment_intent, {}, payment_intent_id=intent["id"])
    assert await bench.movements() == [5000]


async def test_a_slow_payment_succeeds(bench: Bench) -> None:
    intent = await pay(bench, "pm_cpay_slow")
    assert intent["status"] == "succeeded"
    assert bench.slept == [5.0]


@pytest.mark.parametrize("token", [None, "pm_cpay_ok", "pm_cpay_action", "manual"])
async def test_an_unpaid_intent_expires_after_a_day(bench: Bench, token: str | None) -> None:
    if token is None:
        intent = await create(bench)
    elif token == "pm_cpay_ok":
        intent = await create(bench, payment_method=token)
    elif token == "manual":
        intent = await pay(bench, "pm_cpay_ok", capture_method="manual")
    else:
        intent = await pay(bench, token)
    await bench.advance(86_399)
    assert (await read(bench, intent["id"]))["status"] == intent["status"]
    await bench.advance(1)
    expired = await read(bench, intent["id"])
    assert (expired["status"], expired["status_reason"]) == ("canceled", "expired")
    assert (await bench.event_types())[-1] == "payment_intent.canceled"
    assert await bench.movements() == []
