"""Charges: every status, the page that Paystack names only once, references that are taken."""

from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.paystack.references import ours, theirs
from tests.conformance.pair import Pair, Wish

pytestmark = pytest.mark.anyio


def charge(pair: Pair, method: str, **members: Any) -> Instruction:
    return pair.instruct(AttemptKind.CHARGE, payment_method=method, **members)


async def asked(pair: Pair, instruction: Instruction, handle: str | None = None) -> Outcome | None:
    return await pair.provider.query(instruction, handle, pair.configuration)


def put(pair: Pair, instruction: Instruction, **members: object) -> None:
    """Let Paystack say something else of a transaction from now on."""
    reference = theirs(instruction.reference)
    transaction = pair.simulation.book.find("transaction", reference)
    assert transaction is not None
    pair.simulation.book.put("transaction", reference, {**transaction, **members})


@pytest.mark.parametrize(
    ("method", "code", "decline_code"),
    [
        ("pm_AUTH_declined", "card_declined", "generic_decline"),
        ("pm_AUTH_insufficient_funds", "card_declined", "insufficient_funds"),
        ("pm_AUTH_expired_card", "card_declined", "expired_card"),
        ("pm_AUTH_limit", "limit_exceeded", None),
        ("pm_AUTH_wrong_pin", "wrong_pin", None),
        ("pm_AUTH_unknown", "card_declined", "generic_decline"),
    ],
)
async def test_declines_have_codes_of_the_api(paystack: Pair, method: str, code: str, decline_code: str | None) -> None:
    outcome = await paystack.send(charge(paystack, method))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.decline_code) == (code, decline_code)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("success", Succeeded),
        ("failed", Failed),
        ("reversed", Failed),
        ("abandoned", Pending),
        ("ongoing", Pending),
        ("pending", Pending),
        ("processing", Pending),
        ("queued", Pending),
        ("on_the_moon", Unknown),
        (None, Unknown),
        (7, Unknown),
    ],
)
async def test_every_status_of_a_transaction(paystack: Pair, status: object, expected: type) -> None:
    instruction = charge(paystack, "pm_AUTH_ok")
    await paystack.send(instruction)
    put(paystack, instruction, status=status)
    assert isinstance(await asked(paystack, instruction), expected)


@pytest.mark.parametrize("members", [{"amount": "250000"}, {"amount": 1}, {"currency": "KES"}, {"id": "1"}])
async def test_another_transaction_is_not_believed(paystack: Pair, members: dict[str, object]) -> None:
    instruction = charge(paystack, "pm_AUTH_ok")
    await paystack.send(instruction)
    put(paystack, instruction, **members)
    assert isinstance(await asked(paystack, instruction), Unknown)


async def test_a_reference_that_stands_for_another_amount_is_never_a_success(paystack: Pair) -> None:
    instruction = charge(paystack, "pm_AUTH_ok")
    await paystack.send(instruction)
    assert isinstance(await paystack.send(replace(instruction, amount=instruction.amount + 1)), Unknown)
    assert len(await paystack.moved()) == 1


async def test_the_page_is_shown_for_as_long_as_it_can_be_paid(paystack: Pair) -> None:
    instruction = paystack.instruct(AttemptKind.CHARGE, Wish.ACTION)
    begun = await paystack.send(instruction)
    assert isinstance(begun, Pending)
    assert begun.handle is not None
    assert await asked(paystack, instruction, begun.handle) == begun
    assert begun.unpaid
    again = await paystack.send(instruction)
    assert isinstance(again, Pending)
    assert again.next_action is None
    await paystack.advance(7 * 86400)
    assert isinstance(await asked(paystack, instruction, begun.handle), Pending)
    limited = replace(paystack.configuration, settings={"checkout_timeout": "3600"})
    given_up = await paystack.provider.query(instruction, begun.handle, limited)
    assert isinstance(given_up, Failed)
    assert given_up.code == "canceled_by_customer"


async def test_a_page_that_somebody_is_on_may_be_paid(paystack: Pair) -> None:
    instruction = paystack.instruct(AttemptKind.CHARGE, Wish.ACTION)
    begun = await paystack.send(instruction)
    assert isinstance(begun, Pending)
    async with aiohttp.ClientSession() as browser, browser.get(str(begun.handle)) as shown:
        assert shown.status == 200
    visited = await asked(paystack, instruction, begun.handle)
    assert isinstance(visited, Pending)
    assert not visited.unpaid


async def test_a_page_that_fails_sends_no_webhook(paystack: Pair) -> None:
    instruction = paystack.instruct(AttemptKind.CHARGE, Wish.ACTION)
    begun = await paystack.send(instruction)
    assert isinstance(begun, Pending)
    assert paystack.decide is not None
    await paystack.decide(begun, False)
    await paystack.advance(86400)
    assert paystack.mailbox.messages == []
    assert isinstance(await asked(paystack, instruction, begun.handle), Failed)


@pytest.mark.parametrize(("who", "expected"), [("pays", Succeeded), ("fails", Failed)])
async def test_some_customers_decide_by_themselves(paystack: Pair, who: str, expected: type) -> None:
    instruction = charge(paystack, "pm_paystack_checkout", customer={"email": f"{who}+1@example.com"})
    assert isinstance(await paystack.perform(instruction), expected)


async def test_a_challenged_card_leads_to_a_page(paystack: Pair) -> None:
    instruction = charge(paystack, "pm_AUTH_challenged")
    begun = await paystack.send(instruction)
    assert isinstance(begun, Pending)
    assert begun.next_action is not None
    assert paystack.decide is not None
    await paystack.decide(begun, True)
    assert isinstance(await paystack.conclude(instruction, begun), Succeeded)


@pytest.mark.parametrize(("phone", "expected"), [("+233541234567", Succeeded), ("+233541230002", Failed)])
async def test_mobile_money_asks_the_phone(paystack: Pair, phone: str, expected: type) -> None:
    customer = {"email": "awa@example.com", "phone": phone}
    instruction = charge(paystack, "pm_paystack_mtn", customer=customer, currency="GHS")
    begun = await paystack.send(instruction)
    assert isinstance(begun, Pending)
    assert begun.next_action == {"type": "stk_prompt", "redirect_url": None}
    ended = await paystack.conclude(instruction, begun)
    assert isinstance(ended, expected), ended
    if isinstance(ended, Succeeded):
        assert ended.details is not None
        assert ended.details["mobile_money"] == {"network": "mtn", "last4": "4567", "receipt": None}


async def test_what_is_missing_is_said_before_anything_is_sent(paystack: Pair) -> None:
    for method, customer in (("pm_AUTH_ok", None), ("pm_paystack_mtn", {"email": "awa@example.com"})):
        outcome = await paystack.send(charge(paystack, method, customer=customer))
        assert isinstance(outcome, Failed)
        assert outcome.code == "parameter_missing"
    assert paystack.served.requests == []


async def test_too_many_calls_were_not_sent(paystack: Pair) -> None:
    paystack.arm("error_before", status=429, body="{}")
    assert isinstance(await paystack.send(charge(paystack, "pm_AUTH_ok")), NotSent)


def test_references_are_ours_there_and_back() -> None:
    reference = "molam_0f3a"
    assert ours(theirs(reference)) == reference
    assert ours("T123") is None
    assert ours(7) is None
