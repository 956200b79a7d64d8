"""What every call is held to while it is made, said once more and independently of the code that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._exchange.reply import Lost, Reply
from tests.simulation.schedule import Schedule

if TYPE_CHECKING:
    from molam_sdk._exchange.attempt import Attempt
    from tests.simulation.world import World

REPEATED = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 530)})
"""Statuses after which another attempt is made, as the API says."""


class Rules:
    """The memory that the rules need of one process."""

    __slots__ = ("_capacity", "_cost", "_failures", "_last", "_open_until", "_pinned", "_retries", "_spent", "_waits")

    def __init__(self, schedule: Schedule) -> None:
        self._capacity = schedule.budget
        self._retries = schedule.retries
        self._spent = 0
        self._cost = 1
        self._waits = 0
        self._failures = [schedule.worn, schedule.worn]
        self._open_until = [0.0, 0.0]
        self._last: Reply | Lost | None = None
        self._pinned: int | None = None

    def begin(self, pinned: int | None) -> None:
        """A call begins."""
        self._last = None
        self._cost = 1
        self._waits = 0
        self._pinned = pinned

    def decided(self, world: World, attempt: Attempt, now: float) -> None:
        """An attempt is to be made after a wait; `now` by the clock of the process, as in `heard`."""
        region = attempt.region if self._pinned is None else self._pinned
        if now < self._open_until[region] - 1e-9:
            world.fail("breaker: a call goes to a region that has failed ten times in a row")
        if self._failures[region] >= 10:
            self._open_until[region] = now + 4.0
        last = self._last
        if last is None:
            return
        asked = None
        if isinstance(last, Reply):
            if not _may_follow(last):
                world.fail(f"repeated: there is another attempt after {last.status}")
            if last.disbelief is None:
                asked = last.headers.get("retry-after")
                if _is_in_flight(last):
                    self._waits += 1
                    self._check_wait(world, attempt, asked)
                    return
        if attempt.number > 1 + self._retries + self._waits:
            world.fail("attempts: there are more than allowed")
        self._cost = 5 if isinstance(last, Reply) and last.status == 429 and last.disbelief is None else 14
        self._spent += self._cost
        if self._spent > self._capacity:
            world.fail("budget: a retry is made that it does not cover")
        self._check_wait(world, attempt, asked)

    def heard(self, outcome: Reply | Lost, attempt: Attempt, region: int, now: float) -> None:
        """An attempt ended."""
        self._last = outcome
        if isinstance(outcome, Reply):
            failed = outcome.status >= 500
            if not failed:
                self._failures[region] = 0
                self._open_until[region] = 0.0
                return
        else:
            patience = attempt.remaining if outcome.sent else attempt.connect_timeout
            failed = not outcome.local and (not outcome.sent if not outcome.timed_out else patience >= 1.0)
            if outcome.local:
                self._open_until[region] = min(self._open_until[region], now)
        if failed:
            self._failures[region] += 1
            if self._failures[region] == 10:
                self._open_until[region] = now + 5.0

    def succeeded(self) -> None:
        """The call was answered well."""
        self._spent = max(0, self._spent - self._cost)

    def _check_wait(self, world: World, attempt: Attempt, asked: str | None) -> None:
        if asked is not None and attempt.delay < float(asked):
            world.fail(f"Retry-After: {asked} s are asked for and {attempt.delay:.3f} s waited")
        if attempt.remaining <= 0:
            world.fail("deadline: an attempt is to be made after it")


def _may_follow(last: Reply) -> bool:
    if last.disbelief is not None or _is_in_flight(last):
        return True
    return last.status in REPEATED and last.headers.get("molam-should-retry") != "false"


def _is_in_flight(reply: Reply) -> bool:
    return reply.status == 409 and b'"idempotency_in_flight"' in reply.body
