"""Refunds never exceed their charge, and what was paid back or out can still come back."""

import asyncio
from dataclasses import replace

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, Succeeded
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.cpay import CPay
from molam_gateway.providers.cpay_http import CPayHttp

from .pair import Pair, Wish, child_of

pytestmark = pytest.mark.anyio

A_WEEK = 7 * 86400


def refund_of(pair: Pair, parent: Instruction, paid: Succeeded, amount: int) -> Instruction:
    return replace(pair.instruct(AttemptKind.REFUND, **child_of(parent, paid)), amount=amount)


async def refunded(pair: Pair) -> int:
    """What went back to customers, by the book."""
    signs = {"refund": 1, "refund_reversal": -1}
    return sum(signs.get(kind, 0) * amount for kind, amount, _ in await pair.moved())


async def test_parts_add_up_to_the_whole_and_no_further(pair: Pair) -> None:
    if not pair.capabilities.partial_refund:
        pytest.skip(f"{pair.name} refunds charges whole")
    parent, paid = await pair.paid()
    third = parent.amount // 3
    for amount in (third, third, parent.amount - 2 * third):
        part = refund_of(pair, parent, paid, amount)
        assert isinstance(await pair.perform(part), Succeeded)
    assert await refunded(pair) == parent.amount
    beyond = refund_of(pair, parent, paid, 1)
    assert isinstance(await pair.perform(beyond), Failed)
    assert await refunded(pair) == parent.amount


async def test_more_than_the_charge_is_refused(pair: Pair) -> None:
    parent, paid = await pair.paid()
    more = refund_of(pair, parent, paid, parent.amount + 100)
    outcome = await pair.perform(more)
    assert isinstance(outcome, Failed), outcome
    assert await refunded(pair) == 0


async def test_a_charge_is_refunded_whole_once(pair: Pair) -> None:
    parent, paid = await pair.paid()
    first, second = (pair.instruct(AttemptKind.REFUND, **child_of(parent, paid)) for _ in range(2))
    assert isinstance(await pair.perform(first), Succeeded)
    outcome = await pair.perform(second)
    assert isinstance(outcome, Failed) or not pair.capabilities.partial_refund, outcome
    assert await refunded(pair) == parent.amount
    handle = child_of(parent, paid)["parent_handle"]
    charge = await pair.provider.query(parent, handle, pair.configuration)
    assert not isinstance(charge, Failed), "a charge that was refunded is no charge that failed"


async def test_concurrent_refunds_stay_within_the_charge(pair: Pair) -> None:
    if not pair.capabilities.partial_refund:
        pytest.skip(f"{pair.name} refunds charges whole")
    parent, paid = await pair.paid()
    amount = parent.amount * 6 // 10
    refunds = [refund_of(pair, parent, paid, amount) for _ in range(8)]
    sent = await asyncio.gather(*(pair.send(each) for each in refunds))
    ended = [await pair.conclude(each, outcome) for each, outcome in zip(refunds, sent, strict=True)]
    assert [type(each) for each in ended].count(Succeeded) == 1
    assert [type(each) for each in ended].count(Failed) == 7
    assert await refunded(pair) == amount


async def test_a_refund_that_fails_sends_nothing_back(pair: Pair) -> None:
    refund = await pair.prepare(AttemptKind.REFUND, Wish.LATER_FAILED)
    outcome = await pair.perform(refund)
    assert isinstance(outcome, Failed), outcome
    assert await refunded(pair) == 0


@pytest.mark.parametrize("kind", [AttemptKind.REFUND, AttemptKind.PAYOUT])
async def test_what_succeeded_may_come_back(pair: Pair, kind: AttemptKind) -> None:
    instruction = await pair.prepare(kind, Wish.REVISED)
    outcome = await pair.perform(instruction)
    assert isinstance(outcome, Succeeded), outcome
    await pair.advance(A_WEEK)
    later = await pair.provider.query(instruction, outcome.handle, pair.configuration)
    assert isinstance(later, Failed), later
    moved = [kind for kind, _, _ in await pair.moved()]
    assert moved[-2:] == [f"{kind}", f"{kind}_reversal"]


async def test_cpay_over_http_is_believed_to_take_back_what_cpay_does() -> None:
    """It is one provider: what comes back ends its refund or payout, and is no riddle for an operator."""
    assert CPayHttp.capabilities.comes_back == CPay.capabilities.comes_back != frozenset()
