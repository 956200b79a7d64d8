"""Decides whether a call whose outcome is unknown may be sent once more, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._exchange.attempt import Ask
from .._options.settings import duration
from ..errors import ConfigurationError, MolamError, NetworkError, ValidationError
from .issued import NOWHERE, Issued
from .operation import Prepared

if TYPE_CHECKING:
    from ..errors import Outcome
    from .session import Session

RETENTION = 24 * 3600.0
"""Seconds for which the API guarantees to know a key."""

USABLE = RETENTION - 3600.0
"""Seconds for which a key is certain to be known to the API: the 24 hours that are guaranteed, less one."""


def resumed(rules: Session, error: object, now: float, wall: float, deadline: float | None) -> Issued:
    """Return the call that ended with `error`, to be sent once more: the same key and bytes, to the same region.

    As whom is up to the client that made it; how patiently, to `rules`, those of the client that resolves it.

    Raises:
        ValidationError: If there is nothing to resolve, or no way to; `outcome` stays that of the call.
        ConfigurationError: For a deadline that is none; `outcome` stays that of the call.
    """
    if not isinstance(error, MolamError):
        raise _refusal(f"resolve() takes an error of the SDK, not {type(error).__name__}: {_FOREIGN}", "unknown", None)
    if error.outcome != "unknown":
        raise _refused(error, _SETTLED[error.outcome])
    try:
        given = None if deadline is None else duration("deadline", deadline)
    except ConfigurationError as refusal:
        refusal.outcome, refusal.idempotency_key = error.outcome, error.idempotency_key
        raise
    issued = rules.unresolved.find(error)
    if issued is None:
        raise _refused(error, _KEYLESS if error.idempotency_key is None else _ELSEWHERE)
    usable = USABLE - issued.age(now, wall)
    if usable <= 0:
        raise _refused(error, _TOO_OLD)
    if issued.region == NOWHERE and issued.session.needs_home_region:
        if issued.session.home.region is None:
            raise _refused(error, _HOMELESS)
        issued.session.arrive()
    session = issued.session.under(rules)
    patience = session.policy.deadline if given is None else given
    session = session.pinned(session.origins[max(issued.region, 0)], min(patience, usable))
    prepared = in_doubt(issued.prepared)
    return Issued(prepared, session, now, issued.made_at, issued.made, issued.journal)


def still_usable(ask: Ask, attempts: int, age: float) -> None:
    """Keep a call from being repeated after a day: its deadline stands still while the machine sleeps.

    Args:
        ask: What is asked.
        attempts: How many attempts were made.
        age: Seconds since its key was first used.

    Raises:
        NetworkError: If its key may be forgotten.
    """
    if not ask.mutating or age < USABLE:
        return
    raise NetworkError(
        f"{ask.operation}: not repeated, the machine slept and its idempotency key is older than 23 h; it may have "
        "been done: look before you call again",
        idempotency_key=ask.idempotency_key,
        attempts=attempts,
        outcome="unknown",
    )


def in_doubt(prepared: Prepared[Any]) -> Prepared[Any]:
    """Return a request of which an earlier call may have been carried out."""
    ask = prepared.ask
    again = Ask(ask.operation, ask.idempotency_key, ask.object_id, mutating=ask.mutating, in_doubt=True)
    return Prepared(prepared.endpoint, prepared.operation, again, prepared.target, prepared.content, False)


_FOREIGN = (
    "for a call that was cancelled or interrupted repeat it with an idempotency_key of your own, "
    "or make the client with journal= and call recover()"
)
_SETTLED = {
    "not_sent": "nothing to resolve: it was not sent, so nothing was done; correct it and call again",
    "rejected": "nothing to resolve: the API refused it, so nothing was done; correct it and call again",
}
_KEYLESS = "it cannot be resolved: a call without an idempotency key is simply called again if it only reads"
_ELSEWHERE = (
    "it cannot be resolved here: its request is kept in the memory of the client that raised the error, for its newest "
    "errors as long as they are held; repeat the call with error.idempotency_key and the same arguments, and make "
    "the client with journal= so that recover() finds such calls"
)
_HOMELESS = (
    "it cannot be resolved before it is known where the account lives: repeat the call with error.idempotency_key and "
    "the same arguments"
)
_TOO_OLD = (
    "it cannot be resolved any more: its idempotency key is older than 23 h and another try might do it again; "
    "look the object up"
)


def _refused(error: MolamError, why: str) -> ValidationError:
    return _refusal(why, error.outcome, error.idempotency_key)


def _refusal(why: str, outcome: Outcome, key: str | None) -> ValidationError:
    return ValidationError(why, code="not_resolvable", param="error", outcome=outcome, idempotency_key=key)
