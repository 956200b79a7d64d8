"""One exchange, played by hand: the test says what comes of each attempt and when."""

from __future__ import annotations

import json
from itertools import count
from typing import Any, TypeVar

import attrs
import pytest

from molam_sdk._exchange.attempt import Ask, Attempt, Settled
from molam_sdk._exchange.exchange import exchange
from molam_sdk._exchange.policy import Policy, Route
from molam_sdk._exchange.reply import Lost, Reply
from molam_sdk._shared.breaker import Breaker
from molam_sdk._shared.budget import RetryBudget
from molam_sdk.errors import MolamError

E = TypeVar("E", bound=MolamError)

POLICY = Policy(
    deadline=60.0,
    connect_timeout=5.0,
    read_timeout=30.0,
    max_retries=3,
    backoff_factor=0.3,
    require_attempt_id=False,
    write_failover=False,
)
REFUSED = Lost("connect", sent=False, cause_type="ConnectError")
UNRESOLVED = Lost("dns", sent=False, cause_type="ConnectError")
TORN = Lost("body", sent=True, cause_type="RemoteProtocolError")
SILENT = Lost("headers", sent=True, timed_out=True, cause_type="ReadTimeout")
CONNECT_TIMEOUT = Lost("connect", sent=False, timed_out=True, cause_type="ConnectTimeout")
LOCAL = Lost("connect", sent=False, timed_out=True, local=True, cause_type="PoolTimeout")
UNSENDABLE = Lost("write", sent=False, fatal=True, cause_type="LocalProtocolError")


ERROR_TYPES = {402: "payment_error", 404: "not_found_error", 409: "conflict_error", 422: "idempotency_error"}


def success(status: int = 201, *, id: str = "pi_1", **headers: str) -> Reply:
    return Reply(status, _lower(headers), json.dumps({"id": id}).encode())


def problem(status: int, code: str | None = None, *, retry_after: float | None = None, **headers: str) -> Reply:
    """A refusal as the gateway writes it; `retry_after` is the member of the body."""
    body: dict[str, Any] = {
        "title": "x",
        "status": status,
        "error_type": ERROR_TYPES.get(status, "validation_error"),
        "code": code,
        "retry_after": retry_after,
    }
    return Reply(status, {"content-type": "application/problem+json", **_lower(headers)}, json.dumps(body).encode())


def html(status: int, **headers: str) -> Reply:
    return Reply(status, {"content-type": "text/html", **_lower(headers)}, b"<html>from a proxy</html>")


def route(*, regions: int = 1, tokens: int = 500) -> Route:
    return Route(RetryBudget(tokens), tuple(Breaker() for _ in range(regions)))


class Conversation:
    """Plays the driver of one call; the clock moves only when told to."""

    def __init__(
        self,
        *,
        key: str | None = "order-1",
        mutating: bool | None = None,
        object_id: str | None = None,
        over: Route | None = None,
        now: float = 1000.0,
        random: float = 1.0,
        began: float | None = None,
        minted: bool = False,
        **policy: Any,
    ) -> None:
        self.now = now
        self.route = over or route()
        self.policy = attrs.evolve(POLICY, **policy)
        self.ask = Ask("confirm_payment_intent", key, object_id, mutating=mutating, minted=minted)
        numbers = count(1)
        self._steps = exchange(
            self.ask,
            self.policy,
            self.route,
            now,
            random=lambda: random,
            mint=lambda: f"attempt-{next(numbers)}",
            began=began,
        )
        self.attempt: Attempt

    def begin(self) -> Attempt:
        self.attempt = next(self._steps)
        return self.attempt

    def hear(self, outcome: Reply | Lost, *, after: float = 0.0) -> Attempt:
        """Tell what came of the attempt `after` seconds; return the next one."""
        self.attempt = self._tell(outcome, after)
        return self.attempt

    def settle(self, outcome: Reply, *, after: float = 0.0) -> Settled:
        with pytest.raises(StopIteration) as stopped:
            self._tell(outcome, after)
        settled = stopped.value.value
        assert isinstance(settled, Settled)
        return settled

    def fail(self, outcome: Reply | Lost, kind: type[E], *, after: float = 0.0) -> E:
        with pytest.raises(kind) as caught:
            self._tell(outcome, after)
        assert type(caught.value) is kind
        return caught.value

    def give_up(self, outcome: Reply | Lost) -> MolamError:
        """Tell the same of every attempt until the call ends."""
        while True:
            try:
                self.hear(outcome)
            except MolamError as error:
                return error

    def abandon(self) -> None:
        self._steps.close()

    def _tell(self, outcome: Reply | Lost, after: float) -> Attempt:
        self.now += self.attempt.delay + after
        if isinstance(outcome, Reply):
            outcome.disbelief = self.attempt.disbelief(outcome)
        return self._steps.send((outcome, self.now))


def started(**arguments: Any) -> Conversation:
    conversation = Conversation(**arguments)
    conversation.begin()
    return conversation


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower().replace("_", "-"): value for name, value in headers.items()}
