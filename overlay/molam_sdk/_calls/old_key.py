"""Finds out what became of a call that is made again when its key is too old to be sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..errors import DeclinedError, MolamError, NetworkError, UnexpectedResponseError
from ..journal import Ended
from .question import Question
from .resume import in_doubt

if TYPE_CHECKING:
    from collections.abc import Generator

    from .._exchange.attempt import Settled
    from ..journal import Begun
    from .issued import Issued

_LEAST_PATIENCE = 1.0


def looked_up(
    issued: Issued, begun: Begun, now: float, wall: float
) -> Generator[Issued, Settled | MolamError, tuple[Settled | MolamError, Ended]]:
    """Yield the reads that tell, take what came of each, return how the call ends and what the journal keeps of it.

    Args:
        issued: The call, which is not sent.
        begun: What the journal knows of it.
        now: Monotonic time.
        wall: Unix time.
    """
    ask = issued.prepared.ask
    rest = max(_LEAST_PATIENCE, issued.began + issued.session.policy.deadline - now)
    session = issued.session.pinned(issued.session.origins[issued.region], rest)
    question = Question(in_doubt(issued.prepared), session, now, wall)
    old = f"{ask.operation}: not sent, its idempotency_key is older than 23 h and might do it again"
    if begun.succeeded and begun.object_id is not None:
        steps = question.look_now(begun.object_id)
    else:
        first = min(begun.first_used_at, datetime.fromtimestamp(wall - issued.age(now, wall), UTC))
        steps = question.ask(first, begun.last_begun_at, is_sure=True)
    try:
        found = yield from steps
    except MolamError as error:
        if begun.succeeded:
            why = f"could not be read now ({error.message})"
            return _done(issued, begun.object_id, old, why), Ended(ending="succeeded", object_id=begun.object_id)
        return _unknown(issued, f"{old}; it could not be looked up ({error.message}): look before you use a new key"), (
            Ended(ending="in_doubt")
        )
    if begun.succeeded or (found.carried_out and not found.declined):
        settled = found.settled or _done(issued, found.object_id, old, "cannot be read any more")
        return settled, Ended(ending="succeeded", object_id=found.object_id)
    if found.carried_out:
        declined = DeclinedError(
            f"{old}; it was declined when it was made", idempotency_key=ask.idempotency_key, outcome="rejected"
        )
        return declined, Ended(ending="rejected", object_id=found.object_id)
    why = "there are too many events to look through" if found.is_endless else "nothing shows that it was done"
    return _unknown(issued, f"{old}; {why}: look it up, and use a new key only after that"), (
        Ended(ending="stale", object_id=found.object_id)
    )


def _done(issued: Issued, object_id: str | None, old: str, why: str) -> MolamError:
    made = "" if object_id is None else f" ({object_id})"
    return UnexpectedResponseError(
        f"{old}; it was done then{made}, but what it returned {why}: do not make another",
        object_id=object_id,
        idempotency_key=issued.prepared.ask.idempotency_key,
    )


def _unknown(issued: Issued, message: str) -> MolamError:
    return NetworkError(message, idempotency_key=issued.prepared.ask.idempotency_key, outcome="unknown")
