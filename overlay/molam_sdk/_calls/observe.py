"""What can be seen of a call: event hooks, log records and the timing header; never its bodies."""

from __future__ import annotations

import inspect
import logging
import os
import re
from collections.abc import Awaitable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, fields, frozen

from .._exchange.reply import Reply
from .._problem import identifier
from .._shared.breaker import CircuitEvent
from ..errors import MolamError
from .log import log, logger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._exchange.attempt import Attempt, Settled
    from .._exchange.reply import Lost
    from .._options.settings import EventHooks, Hook
    from .issued import Issued
    from .operation import Prepared

_MOST_TIMINGS = 4
_is_code = re.compile(r"[a-z][a-z0-9_]{0,63}").fullmatch

EVERYWHERE: dict[str, tuple[Hook, ...]] = {}
"""Hooks of every client in the process; `molam_sdk.hooks` changes it."""


def _nothing() -> dict[str, Any]:
    return {}


@frozen
class RequestEvent:
    """An attempt is about to be sent.

    Attributes:
        operation: The operationId.
        method: HTTP method.
        path: The path as a template, without ids.
        attempt: 1, 2, ...
        attempt_id: Value of Molam-Attempt-Id.
        idempotency_key: Key of a mutating call.
        region: Base URL of the region that it goes to.
        headers: Further headers of this attempt, which a hook may add to: names and values as in `with_options`.
        state: What hooks keep for the later events of the same call, under names of their own.
    """

    operation: str
    method: str
    path: str
    attempt: int
    attempt_id: str
    idempotency_key: str | None
    region: str
    headers: dict[str, str] = field(factory=_nothing, eq=False, repr=False)
    state: dict[str, Any] = field(factory=_nothing, eq=False, repr=False)


@frozen
class ResponseEvent:
    """An attempt ended.

    Attributes:
        operation: The operationId.
        attempt: 1, 2, ...
        status_code: HTTP status; None if no answer came.
        phase: How far an attempt without answer came; else None.
        request_id: Value of Request-Id.
        elapsed: Seconds.
        idempotency_key: Key of a mutating call.
        state: What hooks keep for the later events of the same call.
    """

    operation: str
    attempt: int
    status_code: int | None
    phase: str | None
    request_id: str | None
    elapsed: float
    idempotency_key: str | None
    state: dict[str, Any] = field(factory=_nothing, eq=False, repr=False)


@frozen
class RetryEvent:
    """An attempt is to be repeated.

    Attributes:
        operation: The operationId.
        attempt: Number of the attempt to come.
        delay: Seconds until it is sent.
        reason: Status or phase that the last attempt ended with.
        idempotency_key: Key of a mutating call, the same for every attempt.
        state: What hooks keep for the later events of the same call.
    """

    operation: str
    attempt: int
    delay: float
    reason: str
    idempotency_key: str | None
    state: dict[str, Any] = field(factory=_nothing, eq=False, repr=False)


@frozen
class CallEvent:
    """A call ended, after all its attempts or without any.

    Attributes:
        operation: The operationId.
        method: HTTP method.
        path: The path as a template, without ids.
        attempts: How many attempts were made.
        status_code: HTTP status that it ended with; None if no answer was read.
        outcome: `succeeded`, or what the error says: `not_sent`, `rejected` or `unknown`.
        error: Class name of the exception that it ended with; None if it succeeded.
        code: The API's code of that error, if it is a word as the spec has them.
        elapsed: Seconds, waiting included.
        idempotency_key: Key of a mutating call.
        state: What hooks kept during the call.
    """

    operation: str
    method: str
    path: str
    attempts: int
    status_code: int | None
    outcome: Literal["succeeded", "not_sent", "rejected", "unknown"]
    error: str | None
    code: str | None
    elapsed: float
    idempotency_key: str | None
    state: dict[str, Any] = field(factory=_nothing, eq=False, repr=False)


Event = RequestEvent | ResponseEvent | RetryEvent | CallEvent | CircuitEvent
Pending = list[tuple[str, Awaitable[Any]]]
State = dict[str, Any]


class Observer:
    """Tells hooks and the log what happens; a hook that raises is logged and changes nothing."""

    __slots__ = ("_carried", "_hooks", "_report", "_telemetry")

    def __init__(self, hooks: EventHooks, *, telemetry: bool) -> None:
        self._hooks = hooks
        self._telemetry = telemetry
        self._report: bytes | None = None
        self._carried: bytes | None = None
        _configure_log()

    @property
    def is_listening(self) -> bool:
        """Whether anybody wants to know."""
        return bool(self._hooks) or bool(EVERYWHERE) or logger.isEnabledFor(logging.INFO)

    @property
    def follows_calls(self) -> bool:
        """Whether a hook wants to know how calls end."""
        return "call" in self._hooks or "call" in EVERYWHERE

    def key_minted(self, prepared: Prepared[Any]) -> None:
        """Say once per call which key was made, so that a crashed call can be found again."""
        if not logger.isEnabledFor(logging.INFO):
            return
        log(
            logging.INFO,
            "%s: no idempotency_key given, using %s",
            prepared.ask.operation,
            prepared.ask.idempotency_key,
            extra={
                "molam_operation": prepared.ask.operation,
                "molam_idempotency_key": prepared.ask.idempotency_key,
            },
        )

    def retrying(self, prepared: Prepared[Any], attempt: Attempt, reason: str, state: State) -> Pending:
        """Before the wait for another attempt; returns what the hooks returned that is still to be awaited."""
        ask = prepared.ask
        event = RetryEvent(ask.operation, attempt.number, attempt.delay, reason, ask.idempotency_key, state)
        return self._tell("retry", event, logging.INFO)

    def sending(
        self, prepared: Prepared[Any], attempt: Attempt, region: str, headers: dict[str, str], state: State
    ) -> Pending:
        """Before an attempt; returns what the hooks returned that is still to be awaited."""
        ask = prepared.ask
        event = RequestEvent(
            ask.operation,
            prepared.operation.method,
            prepared.operation.path,
            attempt.number,
            attempt.id,
            ask.idempotency_key,
            region,
            headers,
            state,
        )
        return self._tell("request", event, logging.DEBUG)

    def received(
        self, prepared: Prepared[Any], attempt: Attempt, outcome: Reply | Lost, elapsed: float, state: State
    ) -> Pending:
        """After an attempt; returns what the hooks returned that is still to be awaited."""
        reply = outcome if isinstance(outcome, Reply) else None
        event = ResponseEvent(
            prepared.ask.operation,
            attempt.number,
            None if reply is None else reply.status,
            None if isinstance(outcome, Reply) else outcome.phase,
            None if reply is None else identifier(reply.headers.get("request-id")),
            elapsed,
            prepared.ask.idempotency_key,
            state,
        )
        return self._tell("response", event, logging.DEBUG)

    def succeeded(self, issued: Issued, settled: Settled, elapsed: float, state: State) -> Pending:
        """After a call with a 2xx answer, which is read now: one that cannot be is no success."""
        try:
            issued.read_ahead(settled)
        except MolamError as error:
            return self.ended(issued, error, settled.attempts, elapsed, state)
        return self._call_ended(issued, settled.attempts, settled.reply.status, "succeeded", None, elapsed, state)

    def ended(self, issued: Issued, error: BaseException, attempts: int, elapsed: float, state: State) -> Pending:
        """After a call that ended with an exception of whatever kind, a cancellation too."""
        if isinstance(error, MolamError):
            return self._call_ended(issued, attempts, error.status_code, error.outcome, error, elapsed, state)
        return self._call_ended(issued, attempts, None, "unknown" if attempts else "not_sent", error, elapsed, state)

    def _call_ended(
        self,
        issued: Issued,
        attempts: int,
        status: int | None,
        outcome: Literal["succeeded", "not_sent", "rejected", "unknown"],
        error: BaseException | None,
        elapsed: float,
        state: State,
    ) -> Pending:
        operation, ask = issued.prepared.operation, issued.prepared.ask
        name = None if error is None else type(error).__name__
        code = error.code if isinstance(error, MolamError) and _is_code(error.code or "") else None
        told = (ask.operation, operation.method, operation.path, attempts, status, outcome, name, code, elapsed)
        return self._tell("call", CallEvent(*told, ask.idempotency_key, state), logging.DEBUG)

    def changed(self, changes: list[CircuitEvent]) -> Pending:
        """Take the changes of circuit breakers out of the list; returns what the hooks returned likewise."""
        pending: Pending = []
        while changes:
            event = changes.pop(0)
            pending += self._tell("circuit", event, logging.WARNING if event.previous == "closed" else logging.INFO)
        return pending

    def finished(self, prepared: Prepared[Any], settled: Settled, elapsed: float) -> None:
        """Keep the timing of a call for the next one's header: no id, no amount."""
        if self._telemetry:
            self._carried = None
            self._report = _timing(prepared, settled.reply.status, settled.attempts, elapsed)

    def failed(self, prepared: Prepared[Any], error: MolamError, elapsed: float) -> None:
        """Keep the timing of a call that failed, and with it those that no server has got from it."""
        if self._telemetry and error.attempts:
            report = _timing(prepared, error.status_code or 0, error.attempts, elapsed)
            carried, self._carried = self._carried, None
            if carried is not None and error.status_code is None:
                report = b",".join([*carried.split(b","), report][-_MOST_TIMINGS:])
            self._report = report

    def report(self) -> bytes | None:
        """Return the timing of the call before, once; several where the calls before could not deliver theirs."""
        report, self._report = self._report, None
        if report is not None:
            self._carried = report
        return report

    def _tell(self, name: str, event: Event, level: int) -> Pending:
        if logger.isEnabledFor(level):
            shown = {f"molam_{each}": getattr(event, each) for each in _shown(event)}
            log(level, "%s %s", name, _line(shown), extra=shown)
        pending: Pending = []
        for hook in self._listeners(name):
            try:
                returned = hook(event)
            except Exception:  # noqa: BLE001 - a hook may raise whatever it likes
                hook_failed(name)
            else:
                if inspect.isawaitable(returned):
                    pending.append((name, returned))
        return pending

    def _listeners(self, name: str) -> Iterable[Hook]:
        own = self._hooks.get(name, ())
        return (*own, *EVERYWHERE.get(name, ())) if EVERYWHERE else own


def _timing(prepared: Prepared[Any], status: int, attempts: int, elapsed: float) -> bytes:
    operation = prepared.ask.operation.encode("ascii")
    return b"op=%s;status=%d;attempts=%d;ms=%d" % (operation, status, attempts, elapsed * 1000)


def not_run(pending: Pending, why: str) -> None:
    """Log the hooks that are coroutines and cannot be awaited."""
    for name, awaitable in pending:
        if inspect.iscoroutine(awaitable):
            awaitable.close()
        log(logging.WARNING, "an event hook (%s) was not run: %s", name, why)


def hook_failed(name: str) -> None:
    """Log the exception of a hook: raised, it would make a payment that succeeded look failed."""
    log(logging.WARNING, "an event hook (%s) raised", name, exc_info=True)


def reason_of(outcome: Reply | Lost) -> str:
    """Return why an attempt is repeated."""
    if isinstance(outcome, Reply):
        return "disbelieved" if outcome.disbelief is not None else str(outcome.status)
    return outcome.phase


def _line(shown: dict[str, Any]) -> str:
    return " ".join(f"{name[6:]}={value}" for name, value in shown.items() if value is not None)


def _shown(event: Event) -> tuple[str, ...]:
    """The attributes of an event that the log shows: not what hooks write on it."""
    return tuple(each.name for each in fields(type(event)) if each.repr)


@lru_cache(maxsize=1)
def _configure_log() -> None:
    """Show the SDK's log on standard error if `MOLAM_LOG` names a level (debug, info, ...)."""
    level = logging.getLevelNamesMapping().get(os.environ.get("MOLAM_LOG", "").upper())
    if level:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(level)
