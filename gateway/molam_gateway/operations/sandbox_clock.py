"""Advancing the sandbox's clock."""

import time
from typing import Protocol, cast

from ..domain.call import Answer, Call
from ..domain.times import milliseconds, rfc3339
from ..services import Services
from ..storage.port import Transaction
from .execution import Claim, in_steps

_LONGEST_WAIT = 25.0
"""Less than the lease on an idempotency key and than clients wait for an answer; only slow receivers take that long."""

_ANSWER_RESERVE = 0.25
_ADVANCING = "advancing"


class Advancer(Protocol):
    """What can run all work on the way to a later moment."""

    async def advance(self, seconds: float, give_up_at: float) -> int:
        """Advance the clock and return how much work was done."""
        ...


class SandboxClock:
    """The operation, bound to the worker that it drives."""

    def __init__(self, worker: Advancer) -> None:
        self._worker = worker

    async def advance_clock(self, services: Services, call: Call) -> Answer:
        """Advance the clock and answer when all work that became due is done, deliveries of webhooks included."""
        seconds = cast(int, (call.body or {})["seconds"])
        give_up_at = time.monotonic() + _LONGEST_WAIT
        if call.deadline is not None:
            give_up_at = min(give_up_at, call.deadline - _ANSWER_RESERVE)

        async def begin(tx: Transaction) -> str:
            return _ADVANCING

        async def proceed(claim: Claim, point: str) -> Answer:
            processed = await self._worker.advance(seconds, give_up_at)
            now = services.clock.now()
            return Answer(
                200,
                {
                    "object": "sandbox_clock",
                    "now_at": rfc3339(milliseconds(now)),
                    "processed": processed,
                    "livemode": call.account.livemode,
                },
            )

        return await in_steps(services, call, begin, proceed)
