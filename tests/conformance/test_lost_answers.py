"""Whatever happens to an answer, what is concluded in the end is what the simulator's book says."""

import asyncio
from dataclasses import replace

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, NotSent, Succeeded, Unknown
from molam_gateway.providers.breaker import Breaker
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.http_client import ProviderHttp
from molam_gateway.providers.simulators.faults import Fault

from .pair import Pair, Wish
from .test_movements import MOVES

AFTER = ["drop_answer", "truncate", "error_after"]
BEFORE = ["reset", "error_before"]
NOTHING = 9
"""The discard port of loopback, where nobody listens."""

pytestmark = pytest.mark.anyio


async def believes_the_book(pair: Pair, instruction: Instruction, outcome: object, before: int) -> None:
    """The conclusion agrees with the book, and nothing was carried out twice."""
    moved = (await pair.moved())[before:]
    assert len(moved) <= 1
    if isinstance(outcome, Succeeded):
        assert moved == [(MOVES[instruction.kind], instruction.amount, instruction.currency)]
    else:
        assert moved == []


@pytest.mark.parametrize("kind", MOVES)
@pytest.mark.parametrize("fault", AFTER)
async def test_an_answer_lost_after_the_deed_is_found_out(pair: Pair, kind: AttemptKind, fault: str) -> None:
    instruction = await pair.prepare(kind)
    before = len(await pair.moved())
    pair.arm(fault, pair.moving[kind], status=500, body="<h1>Internal Server Error</h1>")
    lost = await pair.send(instruction)
    assert isinstance(lost, Unknown), lost
    ended = await pair.conclude(instruction, lost)
    if kind in pair.capabilities.queries or pair.resends(kind):
        assert isinstance(ended, Succeeded), ended
    assert not isinstance(ended, Failed)
    if isinstance(ended, Succeeded):
        await believes_the_book(pair, instruction, ended, before)
    assert len(await pair.moved()) == before + 1


@pytest.mark.parametrize("kind", MOVES)
@pytest.mark.parametrize("fault", BEFORE)
async def test_a_request_that_was_not_carried_out_moves_nothing_by_itself(
    pair: Pair, kind: AttemptKind, fault: str
) -> None:
    instruction = await pair.prepare(kind)
    before, sent = len(await pair.moved()), pair.served.count("POST", pair.moving[kind])
    pair.arm(fault, pair.moving[kind], status=503, body="<h1>Service Unavailable</h1>")
    lost = await pair.send(instruction)
    assert isinstance(lost, Unknown | NotSent), lost
    assert len(await pair.moved()) == before
    ended = await pair.conclude(instruction, lost)
    if pair.resends(kind):
        assert isinstance(ended, Succeeded), ended
    else:
        assert not isinstance(ended, Succeeded | Failed), ended
        assert pair.served.count("POST", pair.moving[kind]) <= sent + 1
    await believes_the_book(pair, instruction, ended, before)


@pytest.mark.parametrize("kind", MOVES)
async def test_a_decline_that_is_lost_is_found_out(pair: Pair, kind: AttemptKind) -> None:
    instruction = await pair.prepare(kind, Wish.DECLINED)
    pair.arm("drop_answer", pair.moving[kind])
    outcome = await pair.perform(instruction)
    assert isinstance(outcome, Failed), outcome
    assert await pair.moved() == []


@pytest.mark.parametrize("kind", MOVES)
async def test_an_answer_beyond_the_timeout_is_unknown_and_then_found_out(pair: Pair, kind: AttemptKind) -> None:
    instruction = await pair.prepare(kind)
    before = len(await pair.moved())
    await pair.provider.query(instruction, None, pair.configuration)
    pair.arm("delay", pair.moving[kind], seconds=0.4)
    async with pair.adapter(ProviderHttp(pair.name, total_timeout=0.15)) as impatient:
        lost = await pair.send(instruction, impatient)
    assert isinstance(lost, Unknown | NotSent), lost
    await asyncio.sleep(0.4)
    ended = await pair.conclude(instruction, lost)
    assert not isinstance(ended, Failed), ended
    await pair.advance(86400)
    assert len(await pair.moved()) == before + 1
    if isinstance(ended, Succeeded):
        await believes_the_book(pair, instruction, ended, before)


@pytest.mark.parametrize("kind", MOVES)
async def test_nobody_there_is_not_sent(pair: Pair, kind: AttemptKind) -> None:
    instruction = await pair.prepare(kind)
    seen, before = list(pair.served.requests), len(await pair.moved())
    elsewhere = replace(pair.configuration, id="elsewhere", base_url=f"http://127.0.0.1:{NOTHING}")
    async with pair.adapter(ProviderHttp(pair.name)) as provider:
        outcome = await provider.send(instruction, elsewhere)
        assert isinstance(outcome, NotSent), outcome
        answer = await provider.query(instruction, None, elsewhere)
        assert isinstance(answer, Unknown | NotSent) or (answer is None and pair.resends(kind))
    assert pair.served.requests == seen
    assert len(await pair.moved()) == before


async def test_an_open_circuit_and_a_full_bulkhead_send_nothing(pair: Pair) -> None:
    instruction, other = pair.instruct(AttemptKind.CHARGE), pair.instruct(AttemptKind.CHARGE)
    broken = Breaker(threshold=1)
    broken.failed()
    async with pair.adapter(ProviderHttp(pair.name, breaker=broken)) as provider:
        assert isinstance(await pair.send(instruction, provider), NotSent)
    assert pair.served.requests == []
    async with pair.adapter(ProviderHttp(pair.name, most_calls=1)) as narrow:
        pair.arm("delay", seconds=0.3)
        first = asyncio.create_task(pair.send(instruction, narrow))
        await pair.served.asked.wait()
        assert isinstance(await pair.send(other, narrow), NotSent)
        assert isinstance(await pair.conclude(instruction, await first), Succeeded)
    assert len(await pair.moved()) == 1


@pytest.mark.parametrize("kind", MOVES)
async def test_refused_credentials_move_nothing(pair: Pair, kind: AttemptKind) -> None:
    instruction = await pair.prepare(kind)
    before = await pair.moved()
    outcome = await pair.provider.send(instruction, pair.invalid)
    assert isinstance(outcome, Failed | NotSent), outcome
    assert await pair.moved() == before
    assert not isinstance(await pair.provider.query(instruction, None, pair.invalid), Succeeded | Failed)


def test_a_fault_says_which_kinds_there_are() -> None:
    with pytest.raises(ValueError, match="reset"):
        Fault("nonsense")
