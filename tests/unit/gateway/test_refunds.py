"""Refunds never exceed what was captured, whatever comes together."""

import asyncio
from typing import Any

import pytest

from molam_gateway.operations.balance import retrieve_balance
from molam_gateway.operations.charges import retrieve_charge
from molam_gateway.operations.payment_intents import create_payment_intent, retrieve_payment_intent
from molam_gateway.operations.refunds import create_refund, list_refunds, retrieve_refund

from .bench import Bench

pytestmark = pytest.mark.anyio


async def pay(bench: Bench, token: str = "pm_cpay_ok", **members: object) -> dict[str, Any]:
    body = {"amount": 1000, "currency": "USD", "confirm": True, "payment_method": token, **members}
    return (await bench.call(create_payment_intent, body)).json


async def test_parts_then_the_rest_by_intent_or_charge(bench: Bench) -> None:
    intent = await pay(bench)
    first = await bench.call(create_refund, {"amount": 400, "reason": "broken"}, charge_id=intent["id"])
    assert (first.status, first.json["status"], first.json["reason"]) == (201, "succeeded", "broken")
    rest = await bench.call(create_refund, {}, charge_id=intent["latest_charge"])
    assert (rest.json["amount"], rest.json["payment_intent"]) == (600, intent["id"])
    done = await bench.call(create_refund, {}, charge_id=intent["id"])
    assert (done.status, done.json["code"]) == (409, "already_refunded")
    assert await bench.movements("refund") == [400, 600]
    assert await bench.sums() == {}
    now = (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json
    assert (now["status"], now["amount_refunded"]) == ("succeeded", 1000)
    listed = (await bench.call(list_refunds, query={"payment_intent": intent["id"]})).json
    assert [refund["amount"] for refund in listed["data"]] == [600, 400]
    assert (await bench.event_types())[3:5] == ["refund.created", "refund.processed"]


async def test_more_than_remains_is_refused(bench: Bench) -> None:
    intent = await pay(bench)
    await bench.call(create_refund, {"amount": 600}, charge_id=intent["id"])
    refused = await bench.call(create_refund, {"amount": 401}, charge_id=intent["id"])
    assert (refused.status, refused.json["code"]) == (409, "refund_exceeds_captured")
    assert refused.json["resource"]["id"] == intent["latest_charge"]


async def test_fifty_refunds_of_sixty_percent_at_once_give_exactly_one(bench: Bench) -> None:
    intent = await pay(bench)
    replies = await asyncio.gather(
        *(bench.call(create_refund, {"amount": 600}, charge_id=intent["id"]) for _ in range(50))
    )
    assert sorted(reply.status for reply in replies) == [201] + [409] * 49
    assert await bench.movements("refund") == [600]


async def test_only_captured_money_can_be_refunded(bench: Bench) -> None:
    held = await pay(bench, capture_method="manual")
    refused = await bench.call(create_refund, {}, charge_id=held["latest_charge"])
    assert (refused.status, refused.json["code"]) == (409, "invalid_state")
    unsent = (await bench.call(create_payment_intent, {"amount": 1, "currency": "USD"})).json
    assert (await bench.call(create_refund, {}, charge_id=unsent["id"])).json["code"] == "invalid_state"
    for missing in ("pi_none", "ch_none"):
        assert (await bench.call(create_refund, {}, charge_id=missing)).status == 404


async def test_a_refund_that_comes_back_can_be_made_again(bench: Bench) -> None:
    intent = await pay(bench, "pm_cpay_refund_fails_later")
    refund = (await bench.call(create_refund, {}, charge_id=intent["id"])).json
    assert refund["status"] == "succeeded"
    await bench.advance(59)
    assert (await bench.call(retrieve_refund, refund_id=refund["id"])).json["status"] == "succeeded"
    await bench.advance(1)
    failed = (await bench.call(retrieve_refund, refund_id=refund["id"])).json
    assert (failed["status"], failed["failure_reason"]) == ("failed", "reversed")
    assert (await bench.event_types())[-1] == "refund.failed"
    charge = (await bench.call(retrieve_charge, charge_id=intent["latest_charge"])).json
    assert (charge["amount_refunded"], charge["amount_refund_pending"]) == (0, 0)
    assert (await bench.call(retrieve_balance)).json["available"] == [{"amount": 1000, "currency": "USD"}]
    assert await bench.movements() == [1000, 1000, 1000]
    assert (await bench.call(create_refund, {}, charge_id=intent["id"])).status == 201


async def test_a_refund_under_way_keeps_its_amount_reserved(bench: Bench) -> None:
    intent = await pay(bench)
    charge = (await bench.call(retrieve_charge, charge_id=intent["latest_charge"])).json
    await bench.simulator.slow_refunds(charge["provider_reference"])
    refund = (await bench.call(create_refund, {"amount": 700}, charge_id=intent["id"])).json
    assert refund["status"] == "processing"
    charge = (await bench.call(retrieve_charge, charge_id=intent["latest_charge"])).json
    assert (charge["amount_refunded"], charge["amount_refund_pending"]) == (0, 700)
    balance = (await bench.call(retrieve_balance)).json
    assert balance["available"][0]["amount"] == 300
    assert balance["reserved"][0]["amount"] == 700
    refused = await bench.call(create_refund, {"amount": 301}, charge_id=intent["id"])
    assert refused.json["code"] == "refund_exceeds_captured"
    await bench.advance(30)
    assert (await bench.call(retrieve_refund, refund_id=refund["id"])).json["status"] == "succeeded"


async def test_the_database_itself_forbids_to_refund_too_much(bench: Bench) -> None:
    from molam_gateway.storage.port import IntegrityError

    intent = await pay(bench)
    with pytest.raises(IntegrityError):
        async with bench.store.transaction() as tx:
            await tx.execute(
                "UPDATE charges SET amount_refund_pending = 1001 WHERE id = :id", {"id": intent["latest_charge"]}
            )
