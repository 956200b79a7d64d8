"""Writes the error that a call ends with: what happened, what is known of the whole call, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import CircuitOpenError, MolamError, NetworkError, TimeoutError, UnexpectedResponseError, api_error

if TYPE_CHECKING:
    from .._shared.breaker import Breaker
    from ..errors import Outcome
    from .attempt import Ask
    from .reply import Lost, Reply


class Known:
    """What is known of a call so far.

    Attributes:
        ask: What is asked.
        deadline: Seconds that the whole call may take.
        attempts: How many attempts were made.
        attempt_id: Id of the last one.
        sent: Whether a byte of any attempt may have left this process.
        in_doubt: Whether any attempt may have been carried out.
    """

    __slots__ = ("ask", "attempt_id", "attempts", "deadline", "in_doubt", "sent")

    def __init__(self, ask: Ask, deadline: float) -> None:
        self.ask = ask
        self.deadline = deadline
        self.attempts = 0
        self.attempt_id: str | None = None
        self.sent = ask.in_doubt
        self.in_doubt = ask.in_doubt

    @property
    def outcome(self) -> Outcome:
        """The outcome of the whole call, should it end now without success."""
        if self.in_doubt:
            return "unknown"
        return "rejected" if self.sent else "not_sent"

    @property
    def advice(self) -> str:
        """What the caller may do next."""
        if not self.in_doubt:
            return "nothing was done, it may be called again"
        if not self.ask.mutating:
            return "it changes nothing, it may be called again"
        if self.ask.idempotency_key is None:
            return "it may have been done: look before you call it again"
        return (
            "it may have been done: call client.resolve(error), or repeat it with error.idempotency_key, "
            "never with a new key"
        )


def complete(error: MolamError, known: Known, attempts: int) -> MolamError:
    """Return an error that kept an attempt from being sent, with what is known of the call."""
    error.idempotency_key = known.ask.idempotency_key
    error.attempts = attempts
    error.outcome = known.outcome
    return error


def not_repeated(error: MolamError, known: Known) -> MolamError:
    """Return the error for an attempt that this process itself kept from being sent, say on a closed client."""
    if not known.in_doubt or known.attempts == 1:
        return complete(error, known, known.attempts - 1)
    return NetworkError(
        f"{known.ask.operation}: no complete answer, and it could not be repeated ({error.message}); {known.advice}",
        idempotency_key=known.ask.idempotency_key,
        attempts=known.attempts - 1,
        outcome=known.outcome,
        cause_type=type(error).__name__,
    )


def refused(known: Known, reply: Reply, wait: float | None, *, by_another: bool = False) -> MolamError:
    """Return the error for a 4xx or 5xx answer.

    Args:
        known: What is known of the call.
        reply: The answer.
        wait: Its Retry-After in seconds.
        by_another: Whether it is no answer of the API, but of something in between.
    """
    advice = known.advice if known.in_doubt else None
    if by_another:
        advice = f"not the API's answer, check api_base and what is in between; {known.advice}"
    return api_error(
        reply.status,
        reply.headers,
        reply.body,
        retry_after=wait,
        idempotency_key=known.ask.idempotency_key,
        attempts=known.attempts,
        outcome=known.outcome,
        attempt_id=known.attempt_id,
        advice=advice,
    )


def no_answer(known: Known, lost: Lost, *, late: bool) -> MolamError:
    """Return the error for an attempt without answer; `late` if the deadline has passed."""
    if late:
        what = f"the deadline of {known.deadline:g} s passed"
    elif lost.timed_out:
        what = f"timed out ({lost.phase}{f': {lost.detail}' if lost.detail else ''})"
    elif lost.fatal and not lost.sent:
        what = f"the request could not be sent ({lost.cause_type})"
    else:
        what = f"no complete answer ({lost.phase}: {lost.detail or lost.cause_type})"
    attempts = "1 attempt" if known.attempts == 1 else f"{known.attempts} attempts"
    error = TimeoutError if late or lost.timed_out else NetworkError
    return error(
        f"{known.ask.operation}: {what} after {attempts}; {known.advice}",
        phase=lost.phase,
        idempotency_key=known.ask.idempotency_key,
        attempts=known.attempts,
        outcome=known.outcome,
        cause_type=lost.cause_type,
    )


def too_late(known: Known) -> MolamError:
    """Return the error for a deadline that passed before the next attempt."""
    return TimeoutError(
        f"{known.ask.operation}: the deadline of {known.deadline:g} s passed before it was sent; {known.advice}",
        idempotency_key=known.ask.idempotency_key,
        attempts=known.attempts,
        outcome=known.outcome,
    )


def circuit_open(known: Known, wait: float, breaker: Breaker) -> MolamError:
    """Return the error for a breaker that lets nothing through for `wait` seconds."""
    kept = "not repeated" if known.attempts else "not sent"
    return CircuitOpenError(
        f"{known.ask.operation}: {kept}, the API failed too often just before and is tried again in {wait:.1f} s; "
        f"{known.advice}",
        idempotency_key=known.ask.idempotency_key,
        attempts=known.attempts,
        outcome=known.outcome,
        retry_after=wait,
        region=breaker.region,
        operations=breaker.operations,
        state="half_open" if breaker.state == "half_open" else "open",
    )


def disbelieved(known: Known, reply: Reply) -> MolamError:
    """Return the error for an answer that cannot be the one to the last attempt; it may be another payer's."""
    return _unexpected(known, reply, f"an answer was disbelieved, {reply.disbelief}", raw=b"")


def redirected(known: Known, reply: Reply) -> MolamError:
    """Return the error for a 3xx."""
    return _unexpected(
        known,
        reply,
        f"unexpected status {reply.status}, redirects are never followed (check api_base and proxies)",
        raw=reply.body,
    )


def _unexpected(known: Known, reply: Reply, what: str, *, raw: bytes) -> MolamError:
    return UnexpectedResponseError(
        f"{known.ask.operation}: {what}; {known.advice}",
        raw=raw,
        status_code=reply.status,
        request_id=reply.headers.get("request-id"),
        idempotency_key=known.ask.idempotency_key,
        attempts=known.attempts,
        outcome=known.outcome,
    )
