"""One API call as a conversation: attempts out, outcomes in.

`exchange()` makes every decision of a call and waits for nothing: no socket, clock, sleep or await.
The two clients drive it: they wait `attempt.delay`, send the attempt, and send back what came of it
together with the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from .._shared.breaker import nobody
from .._shared.budget import SUCCESS_GAIN, THROTTLED_COST, TRANSIENT_COST
from . import failure, retry
from .attempt import Attempt, Settled
from .itinerary import ENOUGH, Itinerary
from .reply import Lost, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from .._shared.breaker import Breaker, Tell
    from ..errors import MolamError
    from .attempt import Ask
    from .policy import Policy, Route

SHORTEST_WAIT = 0.05
LEAST_HEEDED = 1.0
"""Seconds of Retry-After from which a wait for another call with the same key is no longer than that."""


def exchange(
    ask: Ask,
    policy: Policy,
    route: Route,
    now: float,
    *,
    random: Callable[[], float],
    mint: Callable[[], str],
    began: float | None = None,
    tell: Tell = nobody,
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
        tell: Takes the changes of circuit breakers that this call causes.

    Raises:
        MolamError: The end of a call that did not succeed, `outcome` saying what is known of it.
    """
    call = _Call(ask, policy, route, now if began is None else began, random, tell)
    while True:
        attempt = call.next_attempt(now, mint())
        try:
            outcome, now = yield attempt
        except BaseException:
            call.abandon()
            raise
        settled = False
        try:
            settled = call.judge(outcome, now)
        finally:
            if call.known.in_doubt and not settled:
                call.way.keep()
        if settled:
            assert isinstance(outcome, Reply)
            return Settled(outcome, call.known.attempts)


class _Call:
    """The memory of one call between its attempts."""

    __slots__ = (
        "budget_spent",
        "connecting",
        "deadline_at",
        "delay",
        "known",
        "now",
        "policy",
        "probe",
        "random",
        "remaining",
        "retries",
        "route",
        "tell",
        "waits",
        "way",
    )

    def __init__(
        self, ask: Ask, policy: Policy, route: Route, began: float, random: Callable[[], float], tell: Tell
    ) -> None:
        self.known = failure.Known(ask, policy.deadline)
        self.now = began
        self.policy = policy
        self.route = route
        self.random = random
        self.tell = tell
        self.deadline_at = began + policy.deadline
        self.retries = 0
        self.waits = 0
        self.way = Itinerary(ask, policy, route)
        self.delay = 0.0
        self.budget_spent = 0
        self.probe = 0
        self.remaining = 0.0
        self.connecting = 0.0

    def next_attempt(self, now: float, attempt_id: str) -> Attempt:
        self.now = now
        remaining = self.deadline_at - now - self.delay
        if remaining <= 0:
            _fail(failure.too_late(self.known))
        known = self.known
        if known.attempts == 0:
            self.way.begin(now)
            self._admit(now, lambda wait, breaker: failure.circuit_open(known, wait, breaker))
        self.remaining = remaining
        self.connecting = self.way.connect_timeout(remaining, sent=known.sent)
        known.attempts += 1
        known.attempt_id = attempt_id
        return Attempt(
            known.ask,
            known.attempts,
            attempt_id,
            self.delay,
            self.way.region,
            self.deadline_at,
            remaining,
            self.policy.require_attempt_id,
            self.connecting,
        )

    def abandon(self, *, sent: bool = True) -> None:
        """End without a verdict; `sent` if the last attempt may be under way."""
        self.way.abandon(sent=sent)
        breaker = self.route.breakers[self.way.region]
        if breaker is not None:
            breaker.abandoned(self.now, probe=self.probe, sent=sent, tell=self.tell)

    def judge(self, outcome: Reply | Lost, now: float) -> bool:
        """Take an outcome in: True ends the call well, False asks for another attempt."""
        if self.known.ask.in_doubt:
            self.known.sent = self.known.in_doubt = True
        self.now = now
        self._tell_breaker(outcome, now)
        self.way.hear(outcome, now)
        if isinstance(outcome, Lost):
            self._lost(outcome, now)
            return False
        self.known.sent = True
        if outcome.disbelief is not None:
            self.known.in_doubt = True
            self._retry(TRANSIENT_COST, None, now, lambda: failure.disbelieved(self.known, outcome))
            return False
        if outcome.is_success:
            self.route.budget.give(self.budget_spent or SUCCESS_GAIN)
            self.way.done()
            return True
        self._refused(outcome, now)
        return False

    def _lost(self, lost: Lost, now: float) -> None:
        if lost.sent:
            self.known.sent = self.known.in_doubt = True
        if lost.error is not None:
            _fail(failure.not_repeated(lost.error, self.known))
        late = now >= self.deadline_at
        if late or lost.fatal:
            _fail(failure.no_answer(self.known, lost, late=late))
        self._retry(TRANSIENT_COST, None, now, lambda: failure.no_answer(self.known, lost, late=False))

    def _refused(self, reply: Reply, now: float) -> None:
        status = reply.status
        known = self.known
        if status < 400:
            known.in_doubt = True
            _fail(failure.redirected(known, reply))
        wait = retry.retry_after(reply)
        by_another = status < 500 and not retry.is_of_the_api(reply, echoed=self.policy.require_attempt_id)
        if status >= 500 or by_another:
            known.in_doubt = True
        elif retry.is_in_flight(reply):
            known.in_doubt = True
            if retry.may_repeat(reply):
                self._wait_out(reply, wait, now)
                return
        elif retry.is_spent(reply):
            known.in_doubt = True
        elif retry.is_settling(reply):
            known.in_doubt = False
            self.way.settle()
        if not retry.is_retryable(reply):
            _fail(failure.refused(known, reply, wait, by_another=by_another))
        cost = THROTTLED_COST if status == 429 else TRANSIENT_COST
        self._retry(cost, wait, now, lambda: failure.refused(known, reply, wait, by_another=by_another))

    def _wait_out(self, reply: Reply, asked: float | None, now: float) -> None:
        """Another call with this key is at work: wait for it without spending attempts.

        Who settles a call in doubt waits for it also without retries. Nothing else limits these requests, so that a
        Retry-After of next to nothing does not replace the growing pauses.
        """
        self.waits += 1
        pause = retry.backoff(self.waits, self.policy.backoff_factor, self.random)
        wait = asked if asked is not None and asked >= LEAST_HEEDED else max(asked or 0.0, pause, SHORTEST_WAIT)
        impatient = self.policy.max_retries == 0 and not self.known.ask.in_doubt
        if impatient or now + wait >= self.deadline_at:
            _fail(failure.refused(self.known, reply, wait))
        self.delay = wait

    def _retry(self, cost: int, asked: float | None, now: float, error: Callable[[], MolamError]) -> None:
        """Arrange the next attempt, or raise `error` where there may be none."""
        known = self.known
        keyless = known.ask.mutating and known.ask.idempotency_key is None
        if self.retries >= self.policy.max_retries or (keyless and known.sent):
            _fail(error())
        pause = retry.backoff(self.retries + 1, self.policy.backoff_factor, self.random)
        wait = pause if asked is None else max(asked, pause if asked == 0 else 0.0)
        if now + wait >= self.deadline_at:
            _fail(_after(error(), wait))
        if cost != THROTTLED_COST and self.way.may_move(sent=known.sent):
            self.way.move()
        self._admit(now, lambda pause, _: _after(error(), pause))
        if not self.route.budget.take(cost):
            self.abandon(sent=False)
            _fail(error())
        self.retries += 1
        self.budget_spent = cost
        self.delay = wait

    def _admit(self, now: float, refused: Callable[[float, Breaker], MolamError]) -> None:
        """Let the breaker of the region decide; a call that may move tries the next one first."""
        soonest: tuple[float, Breaker] | None = None
        for _ in range(len(self.route)):
            breaker = self.route.breakers[self.way.region]
            wait = 0.0 if breaker is None else breaker.admit(now, self.random, self.tell)
            self.probe = int(-wait) if wait < 0.0 else 0
            if breaker is None or wait <= 0.0:
                return
            if soonest is None or wait < soonest[0]:
                soonest = wait, breaker
            if not self.way.may_move(sent=self.known.sent):
                break
            self.way.move(closed=True)
        assert soonest is not None
        _fail(refused(*soonest))

    def _tell_breaker(self, outcome: Reply | Lost, now: float) -> None:
        breaker = self.route.breakers[self.way.region]
        if breaker is None:
            return
        if isinstance(outcome, Lost):
            failed = outcome.timed_out or not outcome.sent
            elsewhere = outcome.fatal or outcome.local
            if not failed or elsewhere or self._was_impatient(outcome):
                sent = outcome.sent or not elsewhere
                breaker.abandoned(now, probe=self.probe, sent=sent, tell=self.tell)
                return
        else:
            failed = outcome.status >= 500
        if failed:
            breaker.failed(now, probe=self.probe, tell=self.tell)
        else:
            breaker.succeeded(probe=self.probe, tell=self.tell)

    def _was_impatient(self, lost: Lost) -> bool:
        """Whether the caller's deadline cut the attempt so short that its timeout says nothing about the region."""
        if lost.sent:
            return lost.timed_out and self.remaining < min(ENOUGH, self.policy.read_timeout)
        return lost.timed_out and self.connecting < min(ENOUGH, self.policy.connect_timeout)


def _after(error: MolamError, wait: float) -> MolamError:
    if error.retry_after is None:
        error.retry_after = wait
    return error


def _fail(error: MolamError) -> NoReturn:
    raise error from None
