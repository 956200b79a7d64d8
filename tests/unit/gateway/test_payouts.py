"""Payouts spend the balance once and end as their beneficiary decides."""

import asyncio
from typing import Any

import pytest

from molam_gateway.operations.balance import retrieve_balance
from molam_gateway.operations.payment_intents import create_payment_intent
from molam_gateway.operations.payouts import cancel_payout, create_payout, list_payouts, retrieve_payout
from molam_gateway.storage import journal
from tests.gateway_databases import SqliteFile

from .bench import ACCOUNT, Bench, Reply

pytestmark = pytest.mark.anyio


async def fund(bench: Bench, amount: int = 1000) -> None:
    body: dict[str, object] = {"amount": amount, "currency": "KES", "confirm": True, "payment_method": "pm_cpay_ok"}
    await bench.call(create_payment_intent, body)


async def pay_out(bench: Bench, digits: str, amount: int = 600) -> Reply:
    beneficiary = {"type": "bank_account", "account_number": f"12345{digits}", "account_holder": "Amina"}
    return await bench.call(create_payout, {"amount": amount, "currency": "KES", "beneficiary": beneficiary})


async def read(bench: Bench, id: str) -> dict[str, Any]:
    return (await bench.call(retrieve_payout, payout_id=id)).json


async def amounts(bench: Bench) -> tuple[int, int]:
    balance = (await bench.call(retrieve_balance)).json
    return balance["available"][0]["amount"], balance["reserved"][0]["amount"]


async def test_one_that_succeeds_at_once(bench: Bench) -> None:
    await fund(bench)
    reply = await pay_out(bench, "0000")
    assert (reply.status, reply.json["status"]) == (201, "succeeded")
    assert reply.json["arrives_at"] is not None
    assert reply.json["beneficiary"] == {
        "type": "bank_account",
        "account_holder": "Amina",
        "bank_code": None,
        "network": None,
        "name": None,
        "last4": "0000",
    }
    assert await bench.movements("payout") == [600]
    assert await amounts(bench) == (400, 0)


async def test_one_that_takes_thirty_seconds(bench: Bench) -> None:
    await fund(bench)
    payout = (await pay_out(bench, "9999")).json
    assert payout["status"] == "pending"
    assert await amounts(bench) == (400, 600)
    await bench.advance(10)
    assert (await read(bench, payout["id"]))["status"] == "processing"
    await bench.advance(20)
    assert (await read(bench, payout["id"]))["status"] == "succeeded"
    assert (await bench.event_types())[-3:] == ["payout.created", "payout.processing", "payout.succeeded"]
    assert await bench.movements("payout") == [600]


async def test_one_that_fails_gives_the_money_back(bench: Bench) -> None:
    await fund(bench)
    payout = (await pay_out(bench, "0001")).json
    await bench.advance(30)
    failed = await read(bench, payout["id"])
    assert (failed["status"], failed["failure_code"]) == ("failed", "beneficiary_rejected")
    assert await amounts(bench) == (1000, 0)


async def test_one_whose_answer_is_lost(bench: Bench) -> None:
    await fund(bench)
    payout = (await pay_out(bench, "0002")).json
    assert payout["status"] == "processing"
    await bench.advance(30)
    assert (await read(bench, payout["id"]))["status"] == "succeeded"
    assert await bench.movements("payout") == [600]


async def test_one_that_comes_back(bench: Bench) -> None:
    await fund(bench)
    payout = (await pay_out(bench, "0003")).json
    assert payout["status"] == "succeeded"
    await bench.advance(60)
    assert (await read(bench, payout["id"]))["status"] == "reversed"
    assert await bench.movements() == [1000, 600, 600]
    assert await amounts(bench) == (1000, 0)


async def test_one_is_called_off_before_the_provider_begins(bench: Bench) -> None:
    await fund(bench)
    payout = (await pay_out(bench, "9999")).json
    canceled = await bench.call(cancel_payout, payout_id=payout["id"])
    assert (canceled.status, canceled.json["status"]) == (200, "canceled")
    await bench.advance(60)
    assert (await read(bench, payout["id"]))["status"] == "canceled"
    assert await bench.movements("payout") == []
    assert await amounts(bench) == (1000, 0)
    again = await bench.call(cancel_payout, payout_id=payout["id"])
    assert (again.status, again.json["code"]) == (409, "invalid_state")


async def test_it_is_too_late_once_the_provider_has_begun(bench: Bench) -> None:
    await fund(bench)
    payout = (await pay_out(bench, "9999")).json
    bench.clock.advance(10)
    refused = await bench.call(cancel_payout, payout_id=payout["id"])
    assert (refused.status, refused.json["code"]) == (409, "invalid_state")
    await bench.advance(20)
    assert (await read(bench, payout["id"]))["status"] == "succeeded"


async def test_concurrent_payouts_cannot_spend_the_balance_twice(bench: Bench) -> None:
    await fund(bench)
    replies = await asyncio.gather(*(pay_out(bench, "0000") for _ in range(20)))
    assert sorted(reply.status for reply in replies) == [201] + [409] * 19
    assert {reply.json["code"] for reply in replies if reply.status == 409} == {"balance_insufficient"}
    assert await bench.movements("payout") == [600]


async def test_a_beneficiary_needs_its_number(bench: Bench) -> None:
    await fund(bench)
    for beneficiary, param in (
        ({"type": "bank_account", "account_number": "1234"}, "beneficiary.account_holder"),
        ({"type": "mobile_money", "name": "Amina"}, "beneficiary.phone"),
    ):
        refused = await bench.call(create_payout, {"amount": 1, "currency": "KES", "beneficiary": beneficiary})
        assert (refused.status, refused.json["code"], refused.json["param"]) == (400, "parameter_missing", param)


async def test_numbers_are_not_stored_in_clear(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    assert isinstance(bench.database, SqliteFile)
    await fund(bench)
    await pay_out(bench, "0000")
    await bench.store.close()
    assert b"123450000" not in bench.database.path.read_bytes()
    assert (await _reopened(bench).call(list_payouts)).json["data"][0]["beneficiary"]["last4"] == "0000"


def _reopened(bench: Bench) -> Bench:
    bench.open()
    return bench


async def test_a_beneficiary_has_nothing_of_another_type(bench: Bench) -> None:
    """A number that is not the beneficiary's own could be anything, a card's too."""
    bank = {"type": "bank_account", "account_number": "1234", "account_holder": "Amina"}
    phone = {"type": "mobile_money", "phone": "+254700000000"}
    for beneficiary, param in (
        ({**phone, "account_number": "4242424242424242"}, "beneficiary.account_number"),
        ({**phone, "bank_code": "1"}, "beneficiary.bank_code"),
        ({**bank, "phone": "+254700000000"}, "beneficiary.phone"),
    ):
        refused = await bench.call(create_payout, {"amount": 1, "currency": "KES", "beneficiary": beneficiary})
        assert (refused.status, refused.json["code"], refused.json["param"]) == (400, "parameter_invalid", param)


async def test_balances_may_exceed_what_a_sum_of_64_bits_holds(bench: Bench) -> None:
    most = 2**53 - 1
    async with bench.store.transaction() as tx:
        for number in range(1100):
            await journal.post(
                tx,
                ids=bench.services.ids,
                now=bench.clock.now(),
                account_id=ACCOUNT.id,
                livemode=False,
                reason="capture",
                subject=f"ch_{number}",
                amount=most,
                currency="KES",
            )
    balance = (await bench.call(retrieve_balance)).json
    assert balance["available"] == [{"amount": 1100 * most, "currency": "KES"}]
    beneficiary = {"type": "mobile_money", "phone": "+254700009999"}
    body = {"amount": 1, "currency": "KES", "beneficiary": beneficiary}
    assert (await bench.call(create_payout, body)).status == 201
    assert (await bench.call(create_payout, {**body, "currency": "USD"})).json["code"] == "balance_insufficient"
