"""What can be seen of a call: event hooks, log records and the timing header; never its bodies."""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Awaitable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from attrs import asdict, frozen

from .._exchange.reply import Reply
from .._problem import identifier
from .._shared.breaker import CircuitEvent
from .log import log, logger

if TYPE_CHECKING:
    from .._exchange.attempt import Attempt, Settled
    from .._exchange.reply import Lost
    from .._options.settings import EventHooks
    from ..errors import MolamError
    from .operation import Prepared

_MOST_TIMINGS = 4


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
    """

    operation: str
    method: str
    path: str
    attempt: int
    attempt_id: str
    idempotency_key: str | None


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
    """

    operation: str
    attempt: int
    status_code: int | None
    phase: str | None
    request_id: str | None
    elapsed: float
    idempotency_key: str | None


@frozen
class RetryEvent:
    """An attempt is to be repeated.

    Attributes:
        operation: The operationId.
        attempt: Number of the attempt to come.
        delay: Seconds until it is sent.
        reason: Status or phase that the last attempt ended with.
        idempotency_key: Key of a mutating call, the same for every attempt.
    """

    operation: str
    attempt: int
    delay: float
    reason: str
    idempotency_key: str | None


Event = RequestEvent | ResponseEvent | RetryEvent | CircuitEvent
Pending = list[tuple[str, Awaitable[Any]]]


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
        return bool(self._hooks) or logger.isEnabledFor(logging.INFO)

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

    def retrying(self, prepared: Prepared[Any], attempt: Attempt, reason: str) -> Pending:
        """Before the wait for another attempt; returns what the hooks returned that is still to be awaited."""
        ask = prepared.ask
        event = RetryEvent(ask.operation, attempt.number, attempt.delay, reason, ask.idempotency_key)
        return self._tell("retry", event, logging.INFO)

    def sending(self, prepared: Prepared[Any], attempt: Attempt) -> Pending:
        """Before an attempt; returns what the hooks returned that is still to be awaited."""
        ask = prepared.ask
        event = RequestEvent(
            ask.operation,
            prepared.operation.method,
            prepared.operation.path,
            attempt.number,
            attempt.id,
            ask.idempotency_key,
        )
        return self._tell("request", event, logging.DEBUG)

    def received(self, prepared: Prepared[Any], attempt: Attempt, outcome: Reply | Lost, elapsed: float) -> Pending:
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
        )
        return self._tell("response", event, logging.DEBUG)

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
            fields = {f"molam_{name}": value for name, value in asdict(event).items()}
            log(level, "%s %s", name, _line(fields), extra=fields)
        pending: Pending = []
        for hook in self._hooks.get(name, ()):
            try:
                returned = hook(event)
            except Exception:  # noqa: BLE001 - a hook may raise whatever it likes
                hook_failed(name)
            else:
                if inspect.isawaitable(returned):
                    pending.append((name, returned))
        return pending


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


def _line(fields: dict[str, Any]) -> str:
    return " ".join(f"{name[6:]}={value}" for name, value in fields.items() if value is not None)


@lru_cache(maxsize=1)
def _configure_log() -> None:
    """Show the SDK's log on standard error if `MOLAM_LOG` names a level (debug, info, ...)."""
    level = logging.getLevelNamesMapping().get(os.environ.get("MOLAM_LOG", "").upper())
    if level:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(level)
