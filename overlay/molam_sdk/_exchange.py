"""One API call as a conversation: attempts out, outcomes in.

`exchange()` makes every decision of a call and waits for nothing: no socket, clock, sleep or await.
The two clients drive it: they wait `attempt.delay`, send the attempt, and send back what came of it
together with the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from . import _failure, _retry
from ._attempt import Attempt, Settled
from ._breaker import PROBE
from ._budget import SUCCESS_GAIN, THROTTLED_COST, TRANSIENT_COST
from ._reply import Lost, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ._attempt import Ask
    from ._policy import Policy, Route
    from .errors import MolamError

SHORTEST_WAIT = 0.05


def exchange(
    ask: Ask,
    policy: Policy,
    route: Route,
    now: float,
    *,
    random: Callable[[], float],
    mint: Callable[[], str],
    began: float | None = None,
) -> Generator[Attempt, tuple[Reply | Lost, float], Settled]:
    """Yield the attempts of one call; take (outcome, monotonic time) for each; return the success.

    Args:
        ask: What is asked.
        policy: The rules of the call.
        route: Where it may go.
        now: Monotonic time.
        random: Random numbers from 0 to 1, for jitter.
        mint: Makes attempt ids.
        began: Monotonic time from which the deadline counts; `now` without it.

    Raises:
        MolamError: The end of a call that did not succeed, `outcome` saying what is known of it.
    """
    call = _Call(ask, policy, route, now if began is None else began, random)
    while True:
        attempt = call.next_attempt(now, mint())
        try:
            outcome, now = yield attempt
        except BaseException:
            call.abandon()
            raise
        if call.judge(outcome, now):
            assert isinstance(outcome, Reply)
            return Settled(outcome, call.known.attempts)


class _Call:
    """The memory of one call between its attempts."""

    __slots__ = (
        "budget_spent",
        "deadline_at",
        "delay",
        "known",
        "policy",
        "probing",
        "random",
        "region",
        "remaining",
        "retries",
        "route",
        "waits",
    )

    def __init__(self, ask: Ask, policy: Policy, route: Route, began: float, random: Callable[[], float]) -> None:
        self.known = _failure.Known(ask, policy.deadline)
        self.policy = policy
        self.route = route
        self.random = random
        self.deadline_at = began + policy.deadline
        self.retries = 0
        self.waits = 0
        self.region = 0
        self.delay = 0.0
        self.budget_spent = 0
        self.probing = False
        self.remaining = 0.0

    def next_attempt(self, now: float, attempt_id: str) -> Attempt:
        remaining = self.deadline_at - now - self.delay
        if remaining <= 0:
            _fail(_failure.too_late(self.known))
        known = self.known
        if known.attempts == 0:
            self._admit(now, lambda wait: _failure.circuit_open(known, wait))
        self.remaining = remaining
        known.attempts += 1
        known.attempt_id = attempt_id
        return Attempt(
            known.ask,
            known.attempts,
            attempt_id,
            self.delay,
            self.region,
            self.deadline_at,
            remaining,
            self.policy.require_attempt_id,
        )

    def abandon(self) -> None:
        breaker = self.route.breakers[self.region]
        if breaker is not None:
            breaker.abandoned(probe=self.probing)

    def judge(self, outcome: Reply | Lost, now: float) -> bool:
        """Take an outcome in: True ends the call well, False asks for another attempt."""
        self._tell_breaker(outcome, now)
        if isinstance(outcome, Lost):
            self._lost(outcome, now)
            return False
        self.known.sent = True
        if outcome.disbelief is not None:
            self.known.in_doubt = True
            self._retry(TRANSIENT_COST, None, now, lambda: _failure.disbelieved(self.known, outcome))
            return False
        if outcome.is_success:
            self.route.budget.give(self.budget_spent or SUCCESS_GAIN)
            return True
        self._refused(outcome, now)
        return False

    def _lost(self, lost: Lost, now: float) -> None:
        if lost.sent:
            self.known.sent = self.known.in_doubt = True
        if lost.error is not None:
            _fail(_failure.not_repeated(lost.error, self.known))
        late = now >= self.deadline_at
        if late or lost.fatal:
            _fail(_failure.no_answer(self.known, lost, late=late))
        self._retry(TRANSIENT_COST, None, now, lambda: _failure.no_answer(self.known, lost, late=False))

    def _refused(self, reply: Reply, now: float) -> None:
        status = reply.status
        known = self.known
        if status < 400:
            known.in_doubt = True
            _fail(_failure.redirected(known, reply))
        wait = _retry.retry_after(reply)
        if status >= 500:
            known.in_doubt = True
        elif _retry.is_in_flight(reply):
            known.in_doubt = True
            if _retry.may_repeat(reply):
                self._wait_out(reply, wait, now)
                return
        elif _retry.is_spent(reply):
            known.in_doubt = True
        elif _retry.is_settling(reply):
            known.in_doubt = False
        if not _retry.is_retryable(reply):
            _fail(_failure.refused(known, reply, wait))
        cost = THROTTLED_COST if status == 429 else TRANSIENT_COST
        self._retry(cost, wait, now, lambda: _failure.refused(known, reply, wait))

    def _wait_out(self, reply: Reply, asked: float | None, now: float) -> None:
        """Another call with this key is at work: wait for it without spending attempts."""
        self.waits += 1
        pause = _retry.backoff(self.waits, self.policy.backoff_factor, self.random)
        wait = max(pause if asked is None else asked, SHORTEST_WAIT)
        if self.policy.max_retries == 0 or now + wait >= self.deadline_at:
            _fail(_failure.refused(self.known, reply, wait))
        self.delay = wait

    def _retry(self, cost: int, asked: float | None, now: float, error: Callable[[], MolamError]) -> None:
        """Arrange the next attempt, or raise `error` where there may be none."""
        known = self.known
        keyless = known.ask.mutating and known.ask.idempotency_key is None
        if self.retries >= self.policy.max_retries or (keyless and known.sent):
            _fail(error())
        pause = _retry.backoff(self.retries + 1, self.policy.backoff_factor, self.random)
        wait = pause if asked is None else max(asked, pause if asked == 0 else 0.0)
        if now + wait >= self.deadline_at:
            _fail(_after(error(), wait))
        if cost != THROTTLED_COST:
            self._move_region()
        self._admit(now, lambda pause: _after(error(), pause))
        if not self.route.budget.take(cost):
            self.abandon()
            _fail(error())
        self.retries += 1
        self.budget_spent = cost
        self.delay = wait

    def _admit(self, now: float, refused: Callable[[float], MolamError]) -> None:
        """Let the breaker of the region decide; a call that may move tries the next one first."""
        soonest: float | None = None
        for _ in range(len(self.route)):
            breaker = self.route.breakers[self.region]
            wait = 0.0 if breaker is None else breaker.admit(now)
            self.probing = wait == PROBE
            if wait <= 0.0:
                return
            soonest = wait if soonest is None else min(soonest, wait)
            if not self._may_move():
                break
            self.region = (self.region + 1) % len(self.route)
        _fail(refused(soonest or 0.0))

    def _may_move(self) -> bool:
        if not self.known.ask.mutating:
            return True
        return self.policy.write_failover and not self.known.sent

    def _move_region(self) -> None:
        if len(self.route) > 1 and self._may_move():
            self.region = (self.region + 1) % len(self.route)

    def _tell_breaker(self, outcome: Reply | Lost, now: float) -> None:
        breaker = self.route.breakers[self.region]
        if breaker is None:
            return
        if isinstance(outcome, Lost):
            failed = outcome.timed_out or not outcome.sent
            if not failed or outcome.fatal or outcome.local or self._was_impatient(outcome):
                breaker.abandoned(probe=self.probing)
                return
        else:
            failed = outcome.status >= 500
        if failed:
            breaker.failed(now, probe=self.probing)
        else:
            breaker.succeeded(probe=self.probing)

    def _was_impatient(self, lost: Lost) -> bool:
        """Whether the caller's deadline cut the attempt shorter than a timeout of its own would have."""
        patience = self.policy.read_timeout if lost.sent else self.policy.connect_timeout
        return lost.timed_out and self.remaining < patience


def _after(error: MolamError, wait: float) -> MolamError:
    if error.retry_after is None:
        error.retry_after = wait
    return error


def _fail(error: MolamError) -> NoReturn:
    raise error from None
