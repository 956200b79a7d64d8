"""What the clients write into a journal about a call, and what it means when that fails."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .._advice import advice
from .._exchange.attempt import Ask
from .._exchange.failure import Known, complete, too_late
from .._exchange.retry import is_stored
from .._idempotency import usable_id
from .._shared import process
from .._shared.keys_in_doubt import name_of
from ..errors import ConflictError, IdempotencyError, MolamError, NetworkError, StorageError, UnexpectedResponseError
from ..journal import Ended, Entry, fingerprint
from .issued import NOWHERE
from .log import log
from .resume import RETENTION, USABLE

if TYPE_CHECKING:
    from .._exchange.attempt import Attempt, Settled
    from ..journal import Begun, Ending
    from .issued import Issued

LEASE_SLACK = 60.0
"""Seconds beyond the deadline of a call after which another process may take it for lost."""

MOVED = Ended(ending="not_sent")
"""What became of a call in the region that it leaves for another one."""

NAMELESS = frozenset({"provider_test", "sandbox_clock", "webhook_redrive"})
"""Kinds of objects without an id."""

_RESOLVE = "call client.resolve(error), or repeat it with error.idempotency_key"
_UNSAID = "the journal could not say what became of earlier calls with this key"
_LEAST_PATIENCE = 1.0
_NOTHING_WAS_DONE = Known(Ask("", None, None), 0.0).advice


def entry_of(issued: Issued) -> Entry:
    """Return what is written down about a call before its first byte goes to the region that it is at."""
    prepared, session = issued.prepared, issued.session
    return Entry(
        idempotency_key=prepared.ask.idempotency_key or "",
        owner=session.owner,
        operation=prepared.operation.id,
        account=session.config.account,
        livemode=session.config.livemode,
        target=prepared.target,
        content=prepared.content,
        fingerprint=fingerprint(prepared.operation.method, prepared.target, prepared.content),
        region=session.origins[max(issued.region, 0)].base_url,
        created_at=datetime.fromtimestamp(issued.made_at, UTC),
        lease=session.policy.deadline + LEASE_SLACK,
        secret=prepared.operation.secret_request,
    )


def begun(issued: Issued, said: Begun, now: float, wall: float) -> None:
    """Take over what the journal knows of a call: one whose key may have been done is in doubt from the start.

    Raises:
        NetworkError: If its key might be forgotten before its deadline: it is in `issued.old` then, to be looked up.
    """
    _take_over(issued, said, now, wall)
    if not said.in_doubt:
        return
    ask = issued.prepared.ask
    ask.in_doubt = True
    if issued.age(now, wall) >= min(USABLE, RETENTION - issued.session.policy.deadline):
        issued.old = said
        raise NetworkError(
            f"{ask.operation}: its key is too old", idempotency_key=ask.idempotency_key, outcome="unknown"
        )


def must_ask(issued: Issued, error: MolamError) -> bool:
    """Whether a call ended as if nothing had been done, before the journal could say what it knows of its key."""
    unasked = issued.journal is not None and issued.region == NOWHERE
    return unasked and error.outcome == "not_sent" and not issued.prepared.ask.minted


def doubted(error: MolamError) -> None:
    """Turn the end of a call that came to nothing into one of a call that may have been done earlier."""
    _in_doubt(error, "the journal has an earlier call with this key, which may have been done")


def not_asked(issued: Issued, error: MolamError, failure: Exception) -> MolamError:
    """Return the error for a call that came to nothing, where the journal did not say that its key is free."""
    if isinstance(failure, IdempotencyError):
        return _reused(failure, Known(issued.prepared.ask, issued.session.policy.deadline), error.attempts)
    _in_doubt(error, f"{_UNSAID} ({type(failure).__name__})")
    return error


def ended(end: Settled | MolamError) -> Ended:
    """Return how a call ended, without anything of the answer but ids and codes.

    A success that does not name its object stays open: `recover` asks for the stored answer, which does.
    """
    if not isinstance(end, MolamError):
        reply = end.reply
        object_id = usable_id(reply.object_id())
        named = object_id is not None or (reply.document or {}).get("object") in NAMELESS
        return Ended(
            ending="succeeded" if named else "in_doubt",
            status_code=reply.status,
            object_id=object_id,
            request_id=usable_id(reply.headers.get("request-id")),
        )
    resource = getattr(end, "resource", None)
    found = end.object_id if isinstance(end, UnexpectedResponseError) else getattr(resource, "id", None)
    return Ended(
        ending=ending_of(end),
        status_code=end.status_code,
        object_id=usable_id(found),
        code=usable_id(end.code),
        request_id=usable_id(end.request_id),
    )


def ending_of(error: MolamError) -> Ending:
    """Return the ending of a call that raised `error`."""
    return "in_doubt" if error.outcome == "unknown" else error.outcome


def not_begun(issued: Issued, error: Exception, attempts: int, left: int) -> MolamError:
    """Return the error for a call that was not sent because it could not be written down.

    Its outcome is unknown if the entry may have been written after all: then `recover` will send it; and if its key may
    have been used before, and the journal could not say so.

    Args:
        issued: The call, at the region that it did not reach.
        error: What the journal raised.
        attempts: How many attempts were made before.
        left: The region that it came from.
    """
    ask = issued.prepared.ask
    known = Known(ask, issued.session.policy.deadline)
    if isinstance(error, IdempotencyError) and issued.token is None:
        return _reused(error, known, attempts)
    if isinstance(error, MolamError):
        doubtful = error.outcome == "unknown" or issued.token is not None
        complete(error, known, attempts)
        if isinstance(error, ConflictError):
            error.outcome = "unknown"
            issued.region = left
        elif doubtful:
            _in_doubt(error, "nothing was sent, but its entry may be in the journal, and then recover() sends it")
        elif not ask.minted:
            _in_doubt(error, _UNSAID)
        return error
    late = isinstance(error, TimeoutError)
    what = (
        "did not take its entry within the deadline" if late else f"could not take its entry ({type(error).__name__})"
    )
    return StorageError(
        f"{known.ask.operation}: not sent, the journal {what}: call client.resolve(error), or repeat it "
        "with error.idempotency_key, since an entry that was written after all is sent by recover()",
        idempotency_key=known.ask.idempotency_key,
        attempts=attempts,
        outcome="unknown",
        cause_type=type(error).__name__,
    )


def _reused(error: IdempotencyError, known: Known, attempts: int) -> MolamError:
    """Return what the journal raised for a key of another request; it knows whether that one may have been done."""
    outcome = error.outcome
    complete(error, known, attempts)
    if outcome == "unknown":
        error.outcome = outcome
    return error


def still_in_time(issued: Issued, attempt: Attempt, now: float) -> None:
    """Take the time that writing took from what an attempt has left.

    Raises:
        TimeoutError: If nothing is left.
    """
    attempt.remaining = attempt.deadline_at - now
    if attempt.remaining <= 0:
        known = Known(issued.prepared.ask, issued.session.policy.deadline)
        known.attempts = attempt.number - 1
        raise too_late(known)


def patience(issued: Issued, now: float) -> float:
    """Return the seconds that writing down an end may take: what is left of the deadline, but at least one."""
    return max(_LEAST_PATIENCE, issued.began + issued.session.policy.deadline - now)


def not_finished(issued: Issued, end: Settled | MolamError, error: Exception) -> None:
    """Note that an entry is still open: a call that `recover` will send again is not over for its caller."""
    still_open(issued.prepared.ask.operation, error)
    if isinstance(end, MolamError) and end.outcome != "unknown" and not is_stored(end.status_code, end.payload):
        _in_doubt(end, "its entry in the journal is still open, and recover() sends it again")


def overtaken(end: Settled | MolamError) -> None:
    """Another process has taken the entry over: it may have sent what this one did not."""
    if isinstance(end, MolamError) and end.outcome != "unknown" and not is_stored(end.status_code, end.payload):
        _in_doubt(end, "another process has taken its entry over and may have sent it")


def still_open(operation: str, error: Exception) -> None:
    """Say in the log that the end of a call could not be written down."""
    log(
        logging.WARNING,
        "%s: the journal could not note how the call ended (%s); recover() will settle it",
        operation,
        type(error).__name__,
    )


def known_here(issued: Issued, error: MolamError) -> None:
    """Without a journal, heed what this process remembers of a key that the caller gave."""
    ask, scope = issued.prepared.ask, issued.session.scope
    if scope is None or issued.journal is not None or ask.minted or ask.idempotency_key is None:
        return
    if error.outcome == "unknown" or is_stored(error.status_code, error.payload) or isinstance(error, IdempotencyError):
        return
    if process.in_doubt().has(name_of(scope, ask.idempotency_key)):
        _in_doubt(error, "an earlier call of this process with this key may have been done")


def _take_over(issued: Issued, said: Begun, now: float, wall: float) -> None:
    issued.token = said.token
    age = max(said.age, wall - said.first_used_at.timestamp())
    issued.made, issued.made_at = min(issued.made, now - age), min(issued.made_at, wall - age)


def _in_doubt(error: MolamError, why: str) -> None:
    """Turn an end that is certain by itself into one that is not, its advice into that for a call in doubt."""
    status = error.status_code
    settled = _NOTHING_WAS_DONE if status is None else advice(status, error.code)
    happened = error.message.removesuffix(settled)
    if happened == error.message:
        happened += "; "
    error.outcome = "unknown"
    error.message = f"{happened}{why}: {_RESOLVE}, never with a new key"
    error.args = (error.message,)
