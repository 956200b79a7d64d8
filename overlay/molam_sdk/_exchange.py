"""One API call as a conversation: attempts out, outcomes in.

`exchange()` makes every decision of a call and waits for nothing: no socket, clock, sleep or await.
The two clients drive it: they wait `attempt.delay`, send the attempt, and send back what came of it
together with the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from . import _retry
from ._breaker import PROBE
from ._budget import SUCCESS_GAIN, THROTTLED_COST, TRANSIENT_COST
from ._reply import Lost, Reply
from .errors import (
    CircuitOpenError,
    MolamError,
    NetworkError,
    TimeoutError,
    UnexpectedResponseError,
    api_error,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ._policy import Policy, Route
    from .errors import Outcome


class Ask:
    """What is asked of the API, as far as decisions need to know it.

    Attributes:
        operation: The operationId, for messages.
        idempotency_key: The key of a mutating operation; None for one that only reads.
        object_id: Id that the answer's object must have (`x-molam-same-id`), or None.
    """

    __slots__ = ("idempotency_key", "object_id", "operation")

    def __init__(self, operation: str, idempotency_key: str | None, object_id: str | None) -> None:
        self.operation = operation
        self.idempotency_key = idempotency_key
        self.object_id = object_id


class Attempt:
    """One request to make.

    Attributes:
        number: 1, 2, ...
        id: Random, sent as Molam-Attempt-Id and expected back.
        delay: Seconds to wait before sending.
        region: Index of the region to send it to.
        deadline_at: Monotonic time at which the call's deadline passes.
        remaining: Seconds until then, counted from the end of the delay.
    """

    __slots__ = (
        "_ask",
        "_require_echo",
        "deadline_at",
        "delay",
        "id",
        "number",
        "region",
        "remaining",
    )

    def __init__(
        self,
        ask: Ask,
        number: int,
        attempt_id: str,
        delay: float,
        region: int,
        deadline_at: float,
        remaining: float,
        require_echo: bool,
    ) -> None:
        self._ask = ask
        self.number = number
        self.id = attempt_id
        self.delay = delay
        self.region = region
        self.deadline_at = deadline_at
        self.remaining = remaining
        self._require_echo = require_echo

    def disbelief(self, reply: Reply) -> str | None:
        """Return why `reply` cannot be the answer to this attempt, or None.

        Asked once the body is read and before the connection may serve another call.
        """
        echo = reply.headers.get("molam-attempt-id")
        if echo is None:
            if self._require_echo and (reply.is_success or _is_problem(reply)):
                return "it does not name the attempt that it answers"
        elif echo != self.id:
            return "it answers another attempt"
        expected = self._ask.object_id
        if expected is not None and reply.is_success:
            found = reply.object_id()
            if found is not None and found != expected:
                return "it carries another object's id"
        return None


class Settled:
    """The end of a call that succeeded: a 2xx answer, believed."""

    __slots__ = ("attempts", "reply")

    def __init__(self, reply: Reply, attempts: int) -> None:
        self.reply = reply
        self.attempts = attempts


def exchange(
    ask: Ask,
    policy: Policy,
    route: Route,
    now: float,
    *,
    random: Callable[[], float],
    mint: Callable[[], str],
) -> Generator[Attempt, tuple[Reply | Lost, float], Settled]:
    """Yield the attempts of one call; take (outcome, monotonic time) for each; return the success.

    Raises:
        MolamError: The end of a call that did not succeed, `outcome` saying what is known of it.
    """
    call = _Call(ask, policy, route, now, random)
    while True:
        attempt = call.next_attempt(now, mint())
        try:
            outcome, now = yield attempt
        except BaseException:
            call.abandon()
            raise
        if call.judge(outcome, now):
            assert isinstance(outcome, Reply)
            return Settled(outcome, call.attempts)


class _Call:
    """The memory of one call between its attempts."""

    __slots__ = (
        "ask",
        "attempt_id",
        "attempts",
        "budget_spent",
        "deadline_at",
        "delay",
        "in_doubt",
        "policy",
        "probing",
        "random",
        "region",
        "retries",
        "route",
        "sent",
        "waits",
    )

    def __init__(self, ask: Ask, policy: Policy, route: Route, now: float, random: Callable[[], float]) -> None:
        self.ask = ask
        self.policy = policy
        self.route = route
        self.random = random
        self.deadline_at = now + policy.deadline
        self.attempts = 0
        self.attempt_id: str | None = None
        self.retries = 0
        self.waits = 0
        self.region = 0
        self.delay = 0.0
        self.budget_spent = 0
        self.sent = False
        self.in_doubt = False
        self.probing = False

    def next_attempt(self, now: float, attempt_id: str) -> Attempt:
        self._admit(now + self.delay)
        self.attempts += 1
        self.attempt_id = attempt_id
        return Attempt(
            self.ask,
            self.attempts,
            attempt_id,
            self.delay,
            self.region,
            self.deadline_at,
            self.deadline_at - now - self.delay,
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
        self.sent = True
        if outcome.disbelief is not None:
            self.in_doubt = True
            self._retry(TRANSIENT_COST, None, now, lambda: self._disbelieved(outcome))
            return False
        if outcome.is_success:
            self.route.budget.give(self.budget_spent or SUCCESS_GAIN)
            return True
        self._refused(outcome, now)
        return False

    def _lost(self, lost: Lost, now: float) -> None:
        if lost.sent:
            self.sent = self.in_doubt = True
        if lost.fatal or now >= self.deadline_at:
            self._fail(self._network_error(lost, now))
        self._retry(TRANSIENT_COST, None, now, lambda: self._network_error(lost, now))

    def _refused(self, reply: Reply, now: float) -> None:
        status = reply.status
        if status < 400:
            self.in_doubt = True
            self._fail(self._redirected(reply))
        if status >= 500:
            self.in_doubt = True
        elif status == 409 and _retry.is_in_flight(reply):
            self.in_doubt = True
            self._wait_out(reply, now)
            return
        elif self.in_doubt and _retry.is_settling(reply):
            self.in_doubt = False
        wait = _retry.retry_after(reply)
        if not _retry.is_retryable(reply):
            self._fail(self._api_error(reply, wait))
        cost = THROTTLED_COST if status == 429 else TRANSIENT_COST
        self._retry(cost, wait, now, lambda: self._api_error(reply, wait))

    def _wait_out(self, reply: Reply, now: float) -> None:
        """Another call with this key is at work: wait for it without spending attempts."""
        asked = _retry.retry_after(reply)
        self.waits += 1
        pause = _retry.backoff(self.waits, self.policy.backoff_factor, self.random)
        wait = max(pause if asked is None else asked, 0.05)
        if self.policy.max_retries == 0 or now + wait >= self.deadline_at:
            self._fail(self._api_error(reply, wait))
        self.delay = wait

    def _retry(self, cost: int, asked: float | None, now: float, error: Callable[[], MolamError]) -> None:
        """Arrange the next attempt, or raise `error` where there may be none."""
        if self.retries >= self.policy.max_retries:
            self._fail(error())
        pause = _retry.backoff(self.retries + 1, self.policy.backoff_factor, self.random)
        wait = pause if asked is None else max(asked, pause if asked == 0 else 0.0)
        if now + wait >= self.deadline_at or not self.route.budget.take(cost):
            failure = error()
            if failure.retry_after is None and isinstance(failure, NetworkError):
                failure.retry_after = wait
            self._fail(failure)
        self.retries += 1
        self.budget_spent = cost
        self.delay = wait
        self._move_region()

    def _admit(self, now: float) -> None:
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
        self._fail(self._circuit_open(soonest))

    def _may_move(self) -> bool:
        if self.ask.idempotency_key is None:
            return True
        return self.policy.write_failover and not self.sent

    def _move_region(self) -> None:
        if len(self.route) > 1 and self._may_move():
            self.region = (self.region + 1) % len(self.route)

    def _tell_breaker(self, outcome: Reply | Lost, now: float) -> None:
        breaker = self.route.breakers[self.region]
        if breaker is None:
            return
        if isinstance(outcome, Lost):
            failed = outcome.timed_out or not outcome.sent
            if not failed or outcome.fatal:
                breaker.abandoned(probe=self.probing)
                return
        else:
            failed = outcome.status >= 500
        if failed:
            breaker.failed(now, probe=self.probing)
        else:
            breaker.succeeded(probe=self.probing)

    def _fail(self, error: MolamError) -> NoReturn:
        raise error from None

    @property
    def _outcome(self) -> Outcome:
        if self.in_doubt:
            return "unknown"
        return "rejected" if self.sent else "not_sent"

    def _api_error(self, reply: Reply, wait: float | None) -> MolamError:
        return api_error(
            reply.status,
            reply.headers,
            reply.body,
            retry_after=wait,
            idempotency_key=self.ask.idempotency_key,
            attempts=self.attempts,
            outcome=self._outcome,
            attempt_id=self.attempt_id,
        )

    def _network_error(self, lost: Lost, now: float) -> MolamError:
        late = now >= self.deadline_at
        what = f"{self.ask.operation}: "
        if late:
            what += f"the deadline of {self.policy.deadline:g} s passed"
        elif lost.timed_out:
            what += f"timed out ({lost.phase})"
        elif lost.fatal:
            what += f"the request could not be sent ({lost.cause_type})"
        else:
            what += f"no complete answer ({lost.phase}: {lost.cause_type})"
        error = TimeoutError if late or lost.timed_out else NetworkError
        return error(
            f"{what} after {_attempts(self.attempts)}; {self._advice()}",
            phase=lost.phase,
            idempotency_key=self.ask.idempotency_key,
            attempts=self.attempts,
            outcome=self._outcome,
            cause_type=lost.cause_type,
        )

    def _circuit_open(self, wait: float | None) -> MolamError:
        return CircuitOpenError(
            f"{self.ask.operation}: not sent, the API failed too often just before; {self._advice()}",
            idempotency_key=self.ask.idempotency_key,
            attempts=self.attempts,
            outcome=self._outcome,
            retry_after=wait,
        )

    def _disbelieved(self, reply: Reply) -> MolamError:
        return self._unexpected(reply, f"{self.ask.operation}: an answer was disbelieved, {reply.disbelief}", None)

    def _redirected(self, reply: Reply) -> MolamError:
        return self._unexpected(
            reply,
            f"{self.ask.operation}: unexpected status {reply.status}, redirects are never followed "
            "(check api_base and proxies)",
            None,
        )

    def _unexpected(self, reply: Reply, what: str, object_id: str | None) -> MolamError:
        return UnexpectedResponseError(
            f"{what}; {self._advice()}",
            raw=reply.body,
            object_id=object_id,
            status_code=reply.status,
            request_id=reply.headers.get("request-id"),
            idempotency_key=self.ask.idempotency_key,
            attempts=self.attempts,
            outcome=self._outcome,
        )

    def _advice(self) -> str:
        if not self.in_doubt:
            return "nothing was done, it may be called again"
        if self.ask.idempotency_key is None:
            return "it changes nothing, it may be called again"
        return "it may have been done: repeat it with the same idempotency_key, never with a new one"


def _attempts(number: int) -> str:
    return "1 attempt" if number == 1 else f"{number} attempts"


def _is_problem(reply: Reply) -> bool:
    return reply.headers.get("content-type", "").startswith("application/problem+json")
