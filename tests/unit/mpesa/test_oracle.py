"""Whatever goes wrong on the way: what is said to have succeeded moved money once, everything else at no time."""

import json
import random
from typing import Any

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from molam_gateway.providers.contract import Instruction

from .bench import Bench

pytestmark = pytest.mark.anyio


def _error(code: str, message: str) -> str:
    return json.dumps({"requestId": "1-2-3", "errorCode": code, "errorMessage": message})


FAULTS: list[dict[str, Any]] = [
    {"kind": "reset"},
    {"kind": "drop_answer"},
    {"kind": "truncate"},
    {"kind": "error_before", "status": 503, "body": "<html>"},
    {"kind": "error_before", "status": 404, "body": _error("404.001.03", "Invalid Access Token")},
    {"kind": "error_before", "status": 500, "body": _error("500.003.02", "Spike Arrest Violation")},
    {"kind": "error_after", "status": 500, "body": _error("500.003.1001", "Internal Server Error")},
    {"kind": "error_after", "status": 502, "body": ""},
]
CHARGES = ["100", "100", "001", "032", "910", "911", "912", "913", "915", "916", "918", "919", "920", "037"]
PAYOUTS = ["100", "100", "001", "040", "910", "911", "912", "913", "915", "918", "919", "922", "923"]
ROUNDS = 25


async def _conclude(bench: Bench, chance: random.Random, instruction: Instruction) -> Outcome | None:
    """As the gateway does it: ask with the handle, listen, repeat where the provider recognises us, else wait."""
    handle: str | None = None
    outcome: Outcome | None = await _send(bench, chance, instruction)
    for _ in range(ROUNDS):
        handle = getattr(outcome, "handle", None) or handle
        if isinstance(outcome, Succeeded | Failed):
            return outcome
        await bench.advance(outcome.poll_after if isinstance(outcome, Pending) else 40)
        told = [news for news in bench.news(instruction) if news.outcome is not None]
        handle = next((news.handle for news in bench.news(instruction)), handle) or handle
        if told:
            outcome = told[-1].outcome
        elif isinstance(outcome, NotSent):
            outcome = await _send(bench, chance, instruction)
        elif handle is not None or instruction.kind in bench.adapter.capabilities.queries:
            asked = await bench.query(instruction, handle)
            if asked is None:
                assert instruction.kind in bench.adapter.capabilities.resend_for
                again = await _send(bench, chance, instruction)
                asked = Unknown("an earlier try may have arrived") if isinstance(again, NotSent) else again
            outcome = asked
    return outcome


async def _send(bench: Bench, chance: random.Random, instruction: Instruction) -> Outcome:
    if chance.random() < 0.5:
        bench.arm(**chance.choice(FAULTS))
    return await bench.send(instruction)


@pytest.mark.parametrize("seed", range(6))
async def test_one_movement_for_each_success(bench: Bench, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(14):
        kind = chance.choice([AttemptKind.CHARGE, AttemptKind.PAYOUT, AttemptKind.REFUND])
        before = len(bench.movements)
        if kind == AttemptKind.REFUND:
            charge, paid = await bench.paid(chance.choice(["100", "931", "932", "933", "934", "935", "936"]))
            instruction = bench.refund(charge, paid)
            before += 1
        elif kind == AttemptKind.CHARGE:
            instruction = bench.charge(chance.choice(CHARGES))
        else:
            instruction = bench.payout(chance.choice(PAYOUTS))
        outcome = await _conclude(bench, chance, instruction)
        bench.simulator.simulation.disarm()
        await bench.advance(400)
        moved = len(bench.movements) - before
        assert moved <= 1, (instruction, outcome)
        if isinstance(outcome, Succeeded):
            assert moved == 1, (instruction, outcome)
        if isinstance(outcome, Failed):
            assert moved == 0, (instruction, outcome)
        if outcome is None or isinstance(outcome, NotSent | Unknown | Pending):
            assert instruction.kind != AttemptKind.PAYOUT, outcome
