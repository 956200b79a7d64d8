"""Every kind of instruction moves exactly the money that it says, once, or none."""

import asyncio

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, Pending, Succeeded
from molam_gateway.domain.problems import KINDS

from .pair import Pair, Wish

MOVES = {
    AttemptKind.CHARGE: "charge",
    AttemptKind.CAPTURE: "charge",
    AttemptKind.REFUND: "refund",
    AttemptKind.PAYOUT: "payout",
}
"""The kinds that move money, and what the movement is called."""

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("kind", AttemptKind)
async def test_each_kind_succeeds_with_one_movement_of_the_exact_amount(pair: Pair, kind: AttemptKind) -> None:
    instruction = await pair.prepare(kind)
    before = await pair.moved()
    outcome = await pair.perform(instruction)
    assert isinstance(outcome, Succeeded), outcome
    assert outcome.transaction_id
    moved = (await pair.moved())[len(before) :]
    assert moved == ([(MOVES[kind], instruction.amount, instruction.currency)] if kind in MOVES else [])
    await pair.advance(86400)
    assert (await pair.moved())[len(before) :] == moved


@pytest.mark.parametrize("kind", [AttemptKind.CHARGE, AttemptKind.AUTHORIZE, AttemptKind.PAYOUT])
@pytest.mark.parametrize("wish", [Wish.DECLINED, Wish.LATER_FAILED])
async def test_a_decline_moves_nothing_and_says_why(pair: Pair, kind: AttemptKind, wish: Wish) -> None:
    outcome = await pair.perform(pair.instruct(kind, wish))
    assert isinstance(outcome, Failed), outcome
    assert outcome.message
    if kind != AttemptKind.PAYOUT:
        assert outcome.code in KINDS
    assert await pair.moved() == []


@pytest.mark.parametrize("kind", [AttemptKind.CHARGE, AttemptKind.PAYOUT])
async def test_what_settles_later_moves_money_when_it_settles(pair: Pair, kind: AttemptKind) -> None:
    instruction = pair.instruct(kind, Wish.LATER_OK)
    outcome = await pair.send(instruction)
    assert isinstance(outcome, Pending), outcome
    assert outcome.poll_after > 0
    assert isinstance(await pair.conclude(instruction, outcome), Succeeded)
    assert await pair.moved() == [(MOVES[kind], instruction.amount, instruction.currency)]


@pytest.mark.parametrize("approve", [True, False])
async def test_the_customer_decides(pair: Pair, approve: bool) -> None:
    instruction = pair.instruct(AttemptKind.CHARGE, Wish.ACTION)
    outcome = await pair.send(instruction)
    assert isinstance(outcome, Pending), outcome
    assert outcome.next_action is not None
    assert pair.decide is not None
    assert await pair.moved() == []
    await pair.decide(outcome, approve)
    ended = await pair.conclude(instruction, outcome)
    if approve:
        assert isinstance(ended, Succeeded), ended
        assert await pair.moved() == [("charge", instruction.amount, instruction.currency)]
    else:
        assert isinstance(ended, Failed), ended
        assert await pair.moved() == []


@pytest.mark.parametrize("kind", AttemptKind)
async def test_repetitions_are_recognised(pair: Pair, kind: AttemptKind) -> None:
    instruction = await pair.prepare(kind)
    if not pair.resends(kind):
        pytest.skip(f"{pair.name} never sends a {kind} again")
    before = await pair.moved()
    ended = await pair.perform(instruction)
    again = await pair.perform(instruction)
    many = await asyncio.gather(*(pair.send(instruction) for _ in range(5)))
    assert again == ended
    assert {await pair.conclude(instruction, each) == ended for each in many} == {True}
    assert len(await pair.moved()) - len(before) == (kind in MOVES)


@pytest.mark.parametrize("kind", AttemptKind)
async def test_concurrent_repetitions_move_money_once(pair: Pair, kind: AttemptKind) -> None:
    instruction = await pair.prepare(kind)
    if not pair.resends(kind):
        pytest.skip(f"{pair.name} never sends a {kind} again")
    before = await pair.moved()
    outcomes = await asyncio.gather(*(pair.send(instruction) for _ in range(10)))
    ended = [await pair.conclude(instruction, each) for each in outcomes]
    assert all(isinstance(each, Succeeded) for each in ended), ended
    assert len({each.transaction_id for each in ended if isinstance(each, Succeeded)}) == 1
    assert len(await pair.moved()) - len(before) == (kind in MOVES)


@pytest.mark.parametrize("kind", AttemptKind)
async def test_what_was_never_sent_is_not_known(pair: Pair, kind: AttemptKind) -> None:
    instruction = await pair.prepare(kind)
    if kind not in pair.capabilities.queries:
        pytest.skip(f"{pair.name} cannot be asked for a {kind} by our reference")
    assert await pair.provider.query(instruction, None, pair.configuration) is None
