"""What a provider that signs nothing says after the end: no money is lost, taken twice or taken back by it."""

from typing import Any

import pytest

from molam_gateway.domain.attempts import Attempt
from molam_gateway.domain.outcomes import Failed, Succeeded
from molam_gateway.operations.case_resolution import resolve_case
from molam_gateway.operations.payment_intents import (
    confirm_payment_intent,
    create_payment_intent,
    retrieve_payment_intent,
)
from molam_gateway.operations.payouts import create_payout, retrieve_payout
from molam_gateway.operations.recorder import recorder
from molam_gateway.operations.refunds import create_refund, retrieve_refund
from molam_gateway.operations.sandbox_trigger import trigger_event
from molam_gateway.operations.settlement.revision import revise
from molam_gateway.storage import attempts

from .bench import Bench
from .daraja import PAID, PAYMENT, THROTTLED, Daraja, told_of_command, told_of_push, use

pytestmark = pytest.mark.anyio


@pytest.fixture
def daraja() -> Daraja:
    return Daraja()


async def pay(bench: Bench, daraja: Daraja, **settings: str) -> str:
    await use(bench, daraja, **settings)
    return str((await bench.call(create_payment_intent, PAYMENT)).json["id"])


async def status(bench: Bench, id: str) -> str:
    return str((await bench.call(retrieve_payment_intent, payment_intent_id=id)).json["status"])


async def all_of(bench: Bench, column: str, table: str) -> list[Any]:
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all(f"SELECT {column} FROM {table} ORDER BY id", {})  # noqa: S608 - the tests' names
    return [row[column] for row in rows]


async def test_an_unsigned_callback_takes_no_payout_back(bench: Bench, daraja: Daraja) -> None:
    await bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_ok", "amount": 100_000})
    await use(bench, daraja)
    beneficiary = {"type": "mobile_money", "phone": "+254712345100", "network": "mpesa"}
    made = await bench.call(create_payout, {"amount": 25_000, "currency": "KES", "beneficiary": beneficiary})
    sent = daraja.last("b2c")
    conversation, address = sent["OriginatorConversationID"], sent["ResultURL"]
    await told_of_command(
        bench, address, conversation, "REC1", {"TransactionAmount": 250, "TransactionReceipt": "REC1"}
    )
    before = await bench.sums()
    questions = daraja.count("transactionstatus")
    await told_of_command(bench, address, conversation, "REC2", {}, result=1)
    payout = (await bench.call(retrieve_payout, payout_id=made.json["id"])).json
    assert (payout["status"], await bench.sums()) == ("succeeded", before)
    assert daraja.count("transactionstatus") == questions + 1
    assert await all_of(bench, "kind", "operator_cases") == ["contradiction"]


async def test_an_unsigned_callback_takes_no_refund_back(bench: Bench, daraja: Daraja) -> None:
    intent = await pay(bench, daraja)
    await told_of_push(bench, daraja, "RKT1")
    refund = (await bench.call(create_refund, {}, charge_id=intent)).json
    address = daraja.last("reversal")["ResultURL"]
    conversation = (await all_of(bench, "handle", "attempts"))[-1]
    await told_of_command(bench, address, conversation, "REV1", {"Amount": 100})
    await told_of_command(bench, address, conversation, "REV2", {}, result=1)
    assert (await bench.call(retrieve_refund, refund_id=refund["id"])).json["status"] == "succeeded"
    assert (await bench.call(create_refund, {}, charge_id=intent)).status == 409


async def test_a_receipt_that_comes_after_the_query_makes_refunds_possible(bench: Bench, daraja: Daraja) -> None:
    intent = await pay(bench, daraja)
    daraja.query = PAID
    await bench.advance(70)
    assert await status(bench, intent) == "succeeded"
    await told_of_push(bench, daraja, "RKT1")
    assert await all_of(bench, "provider_transaction_id", "charges") == ["RKT1"]
    assert (await bench.call(create_refund, {}, charge_id=intent)).json["status"] == "processing"
    assert await bench.sums() == {"provider_clearing": 10_000, "refund_reserve": -10_000}


async def test_a_receipt_survives_a_question_without_an_answer(bench: Bench, daraja: Daraja) -> None:
    intent = await pay(bench, daraja, confirm_above="0")
    daraja.query = THROTTLED
    await told_of_push(bench, daraja, "RKT1")
    assert await all_of(bench, "state", "provider_messages") == ["received"]
    daraja.query = PAID
    await bench.advance(200)
    assert await status(bench, intent) == "succeeded"
    assert await all_of(bench, "provider_transaction_id", "charges") == ["RKT1"]
    assert await all_of(bench, "state", "provider_messages") == ["done"]


async def test_a_second_receipt_for_one_attempt_is_kept_in_suspense(bench: Bench, daraja: Daraja) -> None:
    intent = await pay(bench, daraja)
    for receipt in ("FIRST", "SECOND", "FIRST", "SECOND"):
        await told_of_push(bench, daraja, receipt)
    assert await status(bench, intent) == "succeeded"
    assert await bench.sums() == {"provider_clearing": 20_000, "merchant_payable": -10_000, "suspense": -10_000}
    assert await all_of(bench, "transaction_id", "operator_cases") == ["SECOND"]


async def test_another_receipt_over_another_amount_is_told_to_people(bench: Bench, daraja: Daraja) -> None:
    await pay(bench, daraja)
    await told_of_push(bench, daraja, "FIRST")
    daraja.query = PAID
    await told_of_push(bench, daraja, "OTHER", amount=7)
    assert await bench.sums() == {"provider_clearing": 10_000, "merchant_payable": -10_000}
    assert await all_of(bench, "kind", "operator_cases") == ["contradiction"]


async def test_a_late_success_pays_the_intent_and_nobody_is_asked_again(bench: Bench, daraja: Daraja) -> None:
    intent = await pay(bench, daraja)
    await told_of_push(bench, daraja, None, result=1037)
    assert await status(bench, intent) == "requires_payment_method"
    await told_of_push(bench, daraja, "LATE")
    assert await status(bench, intent) == "succeeded"
    assert await bench.sums() == {"provider_clearing": 10_000, "merchant_payable": -10_000}
    again = await bench.call(confirm_payment_intent, {"payment_method": "pm_mpesa"}, payment_intent_id=intent)
    assert (again.status, daraja.count("stkpush/")) == (409, 1)


async def test_money_of_another_attempt_in_flight_keeps_the_intent_from_being_confirmed(
    bench: Bench, daraja: Daraja
) -> None:
    intent = await pay(bench, daraja)
    (first,) = await all_of(bench, "id", "attempts")
    await told_of_push(bench, daraja, None, result=1037)
    confirm = {"payment_method": "pm_mpesa"}
    assert (await bench.call(confirm_payment_intent, confirm, payment_intent_id=intent)).status == 200
    await hear(bench, first, Succeeded("LATE"))
    await told_of_push(bench, daraja, None, result=1037)
    assert await status(bench, intent) == "requires_payment_method"
    again = await bench.call(confirm_payment_intent, confirm, payment_intent_id=intent)
    assert (again.status, again.json["code"], daraja.count("stkpush/")) == (409, "payment_in_flight", 2)
    (case,) = await all_of(bench, "id", "operator_cases")
    await resolve_case(bench.services, case, "attached", "seen on the statement", "amina")
    assert await status(bench, intent) == "succeeded"
    assert await bench.sums() == {"provider_clearing": 10_000, "merchant_payable": -10_000}
    charge = (await bench.call(retrieve_payment_intent, payment_intent_id=intent)).json["latest_charge"]
    assert charge == (await all_of(bench, "id", "charges"))[0]


@pytest.mark.parametrize(("type", "kind"), [("refund.processed", "refund"), ("payout.succeeded", "payout")])
async def test_what_came_back_and_goes_out_after_all_is_told_to_people(bench: Bench, type: str, kind: str) -> None:
    await bench.call(trigger_event, {"type": type})
    attempt = (await attempts_of(bench, kind))[-1]
    await hear(bench, attempt.id, Failed("reversed", "It was sent back."))
    assert (await attempts_of(bench, kind))[-1].state == "failed"
    before = await bench.sums()
    for _ in range(2):
        await hear(bench, attempt.id, Succeeded("again"))
    assert await all_of(bench, "posted", "operator_cases") == ["anomaly_outgoing"]
    assert (await bench.sums()).get("suspense", 0) == attempt.amount
    assert (await bench.sums()).get("merchant_payable") == before.get("merchant_payable")


async def hear(bench: Bench, attempt_id: str, outcome: Succeeded | Failed) -> None:
    """What the provider says of a final attempt."""
    async with bench.store.transaction() as tx:
        await revise(recorder(bench.services, tx, None), await attempts.find(tx, attempt_id), outcome)


async def attempts_of(bench: Bench, kind: str) -> list[Attempt]:
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all("SELECT * FROM attempts WHERE kind = :kind ORDER BY id", {"kind": kind})
    return [attempts.TABLE.read(row) for row in rows]
