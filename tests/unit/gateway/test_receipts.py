"""A customer pays by typing a reference, and one receipt counts once however often and however it is told."""

import asyncio
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain import account_references
from molam_gateway.domain.problems import ProblemError
from molam_gateway.operations.case_resolution import resolve_case
from molam_gateway.operations.inbound.processing import process
from molam_gateway.operations.inbound.receipt import receive_callback, receive_webhook
from molam_gateway.operations.payment_intents import create_payment_intent, retrieve_payment_intent

from .bench import Bench
from .hearing import Calling, signed, use

pytestmark = pytest.mark.anyio

PAYMENT: dict[str, object] = {"amount": 500, "currency": "KES", "confirm": True, "payment_method": "pm_calling"}
CLEARED = {"provider_clearing": 500, "merchant_payable": -500}


@pytest.fixture
def calling(bench: Bench) -> Calling:
    provider = Calling()
    use(bench, provider)
    return provider


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**10 - 1), st.lists(st.sampled_from(" -./"), max_size=6))
def test_a_reference_is_recognised_however_it_is_typed(bits: int, cases: int, between: list[str]) -> None:
    given_out = account_references.generated(lambda count: bits % 2**count)
    assert re.fullmatch("[2-9A-HJKMNP-Z]{10}", given_out)
    letters = [each.lower() if cases >> index & 1 else each for index, each in enumerate(given_out)]
    typed = "".join(a + b for a, b in itertools.zip_longest(letters, between[: len(letters)], fillvalue=""))
    assert account_references.typed(f" {typed} ") == given_out


@pytest.mark.parametrize("text", ["", "K7QMX2R4T", "K7QMX2R4TBB", "K7QMX2R4T0", "K7QMX2R4TÄ", "pi_0R3kZ8bQx1mT5vY7"])
def test_nothing_else_is_one(text: str) -> None:
    assert account_references.typed(text) is None


async def pay(bench: Bench) -> str:
    return str((await bench.call(create_payment_intent, PAYMENT)).json["id"])


async def status(bench: Bench, id: str) -> str:
    return str((await bench.call(retrieve_payment_intent, payment_intent_id=id)).json["status"])


async def all_of(bench: Bench, column: str, table: str) -> list[object]:
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all(f"SELECT {column} AS value FROM {table} ORDER BY 1", {})  # noqa: S608 - the tests' names
    return [row["value"] for row in rows]


async def keep_push(bench: Bench, calling: Calling, number: int = -1, **members: object) -> None:
    """The provider tells what became of what it was asked for, which the bench acts on later."""
    token = str(calling.sent[number].callback_url).rpartition("/")[2]
    told = {"type": "news", "key": "push", "outcome": "succeeded", "amount": 500, **members}
    await receive_callback(bench.services, token, signed(told))


async def keep_money(bench: Bench, named: str, receipt: str = "receipt", amount: int = 500) -> None:
    """The provider tells of a customer's own payment."""
    money = {"type": "money", "key": f"c2b:{receipt}", "transaction_id": receipt, "amount": amount, "currency": "KES"}
    await receive_webhook(bench.services, "calling", None, signed({**money, "account_reference": named}))


async def asked(bench: Bench, named: str, amount: int = 500) -> bool:
    question = {"type": "may", "amount": amount, "currency": "KES", "account_reference": named}
    answer = await receive_webhook(bench.services, "calling", None, signed(question))
    return bool(answer.body["accepted"])


async def test_a_customer_types_the_reference(bench: Bench, calling: Calling) -> None:
    intent = await pay(bench)
    given_out = calling.sent[0].account_reference
    assert given_out is not None
    typed = f" {given_out[:5].lower()} {given_out[5:]}"
    assert await asked(bench, typed)
    assert not await asked(bench, typed, 499)
    await keep_money(bench, typed)
    await bench.advance(0)
    assert await status(bench, intent) == "succeeded"
    assert not await asked(bench, typed)
    assert await bench.sums() == CLEARED
    assert await all_of(bench, "receipt", "money_receipts") == ["receipt"]


async def test_a_customer_whose_prompt_failed_pays_by_hand(bench: Bench, calling: Calling) -> None:
    calling.succeeds = False
    intent = await pay(bench)
    await bench.advance(61)
    assert await status(bench, intent) == "requires_payment_method"
    named = str(calling.sent[0].account_reference)
    assert await asked(bench, named)
    await keep_money(bench, named)
    await bench.advance(0)
    assert await status(bench, intent) == "succeeded"
    assert await bench.sums() == CLEARED


async def test_a_customer_who_pays_twice_has_the_rest_in_suspense_with_the_payment(
    bench: Bench, calling: Calling
) -> None:
    intent = await pay(bench)
    await keep_push(bench, calling)
    await bench.advance(0)
    await keep_money(bench, str(calling.sent[0].account_reference), "another")
    await bench.advance(0)
    assert await bench.sums() == {"provider_clearing": 1000, "merchant_payable": -500, "suspense": -500}
    assert await all_of(bench, "payment_intent", "operator_cases") == [intent]


@pytest.mark.parametrize("order", [("push", "money"), ("money", "push")])
@pytest.mark.parametrize("named", ["the reference", "nobody"])
async def test_one_receipt_counts_once_in_either_order(
    bench: Bench, calling: Calling, order: tuple[str, str], named: str
) -> None:
    intent = await pay(bench)
    reference = str(calling.sent[0].account_reference) if named == "the reference" else named
    for each in order:
        await (keep_push(bench, calling) if each == "push" else keep_money(bench, reference))
        await bench.advance(0)
    assert await status(bench, intent) == "succeeded"
    assert await bench.sums() == CLEARED
    assert await all_of(bench, "COALESCE(resolution, status)", "operator_cases") in ([], ["attached"])
    assert len(await all_of(bench, "owner", "money_receipts")) == 1


async def test_one_receipt_counts_once_when_both_tell_at_the_same_time(bench: Bench, calling: Calling) -> None:
    calling.mute = True
    for number in range(12):
        await pay(bench)
        await keep_push(bench, calling, key=f"push-{number}", transaction_id=f"R{number}")
        await keep_money(bench, ("nobody", str(calling.sent[-1].account_reference))[number % 4 == 3], f"R{number}")
        async with bench.store.reading() as reader:
            kept = await reader.fetch_all("SELECT id FROM provider_messages WHERE state = 'received'", {})
        assert len(kept) == 2
        await asyncio.gather(*(process(bench.services, row["id"]) for row in kept))
        await bench.advance(5)
    assert await bench.sums() == {"provider_clearing": 6000, "merchant_payable": -6000}
    assert {*await all_of(bench, "COALESCE(resolution, status)", "operator_cases")} <= {"attached"}


async def test_a_receipt_is_not_another_payments_too(bench: Bench, calling: Calling) -> None:
    first, second = await pay(bench), await pay(bench)
    calling.mute = True
    for number in (0, 1):
        await keep_push(bench, calling, number, key=f"push-{number}")
        await bench.advance(0)
    assert [await status(bench, each) for each in (first, second)] == ["succeeded", "processing"]
    assert await bench.sums() == CLEARED
    assert await all_of(bench, "kind", "operator_cases") == ["contradiction", "parked"]


async def test_money_that_an_operator_decided_about_stays_decided(bench: Bench, calling: Calling) -> None:
    intent = await pay(bench)
    calling.mute = True
    await keep_money(bench, "nobody")
    await bench.advance(0)
    (case,) = await all_of(bench, "id", "operator_cases")
    await resolve_case(bench.services, str(case), "booked", "the customer rang", "amina", force=True)
    await keep_push(bench, calling)
    await bench.advance(0)
    calling.mute, calling.tells_receipts = False, False
    for seconds in (61, 120, 600, 90000):
        await bench.advance(seconds)
    assert await status(bench, intent) == "processing"
    assert await bench.sums() == CLEARED
    kinds = ["contradiction", "parked", "unmatched_money"]
    assert await all_of(bench, "kind", "operator_cases") == kinds


async def counted_elsewhere(bench: Bench, calling: Calling) -> tuple[str, dict[str, str]]:
    """A payment whose receipt an operator has booked, and the cases by their kind."""
    calling.mute, calling.tells_receipts = True, False
    intent = await pay(bench)
    await keep_money(bench, "nobody")
    await bench.advance(0)
    (case,) = await all_of(bench, "id", "operator_cases")
    await resolve_case(bench.services, str(case), "booked", "the customer rang", "amina", force=True)
    await keep_push(bench, calling)
    await bench.advance(0)
    calling.mute = False
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all("SELECT kind, id FROM operator_cases", {})
    return intent, {row["kind"]: row["id"] for row in rows}


async def test_no_message_without_a_receipt_undoes_that_a_receipt_was_refused(bench: Bench, calling: Calling) -> None:
    intent, cases = await counted_elsewhere(bench, calling)
    for outcome, amount in (("succeeded", None), ("failed", 500)):
        await keep_push(bench, calling, key=outcome, outcome=outcome, amount=amount)
        await bench.advance(0)
        assert await status(bench, intent) == "processing"
    await resolve_case(bench.services, cases["contradiction"], "failed", "it was booked", "amina")
    await keep_push(bench, calling, key="again", amount=None)
    await bench.advance(0)
    assert await bench.sums() == CLEARED
    assert await status(bench, intent) == "processing"


async def test_people_end_a_payment_whose_receipt_is_counted_elsewhere(bench: Bench, calling: Calling) -> None:
    intent, cases = await counted_elsewhere(bench, calling)
    with pytest.raises(ProblemError, match="the case about that first"):
        await resolve_case(bench.services, cases["parked"], "succeeded", "it looks paid", "amina")
    await resolve_case(bench.services, cases["parked"], "failed", "its money is booked", "amina")
    assert await status(bench, intent) == "requires_payment_method"
    assert await bench.sums() == CLEARED


async def test_another_receipt_pays_what_a_counted_one_did_not(bench: Bench, calling: Calling) -> None:
    intent, _ = await counted_elsewhere(bench, calling)
    await keep_money(bench, str(calling.sent[0].account_reference), "another")
    await bench.advance(0)
    assert await status(bench, intent) == "succeeded"
    assert await bench.sums() == {"provider_clearing": 1000, "merchant_payable": -1000}
    assert "open" not in await all_of(bench, "CASE kind WHEN 'parked' THEN status ELSE '' END", "operator_cases")


@pytest.mark.parametrize("polled", [True, False])
async def test_money_that_may_be_a_payments_is_not_booked_unawares(
    bench: Bench, calling: Calling, polled: bool
) -> None:
    calling.tells_receipts = False
    intent = await pay(bench)
    await keep_money(bench, "nobody")
    await bench.advance(61 if polled else 0)
    (case,) = await all_of(bench, "id", "operator_cases")
    assert await status(bench, intent) == ("succeeded" if polled else "processing")
    with pytest.raises(ProblemError, match=intent):
        await resolve_case(bench.services, str(case), "booked", "the customer rang", "amina")
    await keep_push(bench, calling)
    await bench.advance(0)
    assert await bench.sums() == CLEARED
    assert await all_of(bench, "resolution", "operator_cases") == ["attached"]


async def test_money_that_is_no_payments_is_booked(bench: Bench, calling: Calling) -> None:
    await pay(bench)
    await keep_push(bench, calling)
    await keep_money(bench, "nobody", "another")
    await bench.advance(0)
    (case,) = await all_of(bench, "id", "operator_cases")
    await resolve_case(bench.services, str(case), "booked", "the customer rang", "amina")
    assert await bench.sums() == {"provider_clearing": 1000, "merchant_payable": -1000}
