"""Advancing the sandbox's clock."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol, cast

from .. import failpoints
from ..domain.call import Answer, Call
from ..domain.leases import ANSWER_RESERVE
from ..domain.problems import ProblemError
from ..domain.times import milliseconds, moment, rfc3339
from ..services import Services
from ..storage.port import Transaction
from ..worker import UnfinishedError
from .execution import Claim, in_steps

LONGEST_WAIT = 25.0
"""Less than the lease on an idempotency key and than clients wait for an answer; only slow receivers take that long."""

_WAITING = "waiting"
"""The recovery point before it is known to which moment the clock goes; the one after it is that moment."""


class Advancer(Protocol):
    """What can run all work on the way to a later moment."""

    async def advance(self, target: Callable[[], Awaitable[datetime]], give_up_at: float) -> int:
        """Advance the clock and return how much work was done. Raises UnfinishedError."""
        ...


class SandboxClock:
    """The operation, bound to the worker that it drives."""

    def __init__(self, worker: Advancer) -> None:
        self._worker = worker

    async def advance_clock(self, services: Services, call: Call) -> Answer:
        """Advance the clock and answer when all work that became due is done, deliveries of webhooks included.

        If that takes too long the clock stops on the way; a repetition with the same key goes on to the same moment.
        """
        seconds = cast(int, (call.body or {})["seconds"])
        give_up_at = time.monotonic() + LONGEST_WAIT
        if call.deadline is not None:
            give_up_at = min(give_up_at, call.deadline - ANSWER_RESERVE)

        async def begin(tx: Transaction, claim: Claim) -> str:
            return _WAITING

        async def proceed(claim: Claim, point: str) -> Answer:
            async def target() -> datetime:
                if point != _WAITING:
                    return moment(int(point))
                until = services.clock.now() + timedelta(seconds=seconds)
                async with services.store.transaction() as tx:
                    await claim.reach(tx, str(milliseconds(until)))
                return until

            try:
                failpoints.reach("before_advancing")
                processed = await self._worker.advance(target, give_up_at)
                failpoints.reach("after_advancing")
            except UnfinishedError:
                raise _unfinished(services) from None
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


def _unfinished(services: Services) -> ProblemError:
    reached = rfc3339(milliseconds(services.clock.now()))
    return ProblemError(
        "overloaded",
        f"Work that became due by {reached} is still running (slow webhook receivers, most likely): the sandbox's "
        "clock waits for it there. The same call with the same Idempotency-Key goes on.",
        retry_after=1,
    )
