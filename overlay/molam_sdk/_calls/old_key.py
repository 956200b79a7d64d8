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
    first = min(begun.first_used_at, datetime.fromtimestamp(wall - issued.age(now, wall), UTC))
    old = f"{ask.operation}: not sent, its idempotency_key is older than 23 h and might do it again"
    try:
        found = yield from question.ask(first, begun.last_begun_at, is_sure=True)
    except MolamError as error:
        return _unknown(issued, f"{old}; it could not be looked up ({error.message}): look before you use a new key"), (
            Ended(ending="in_doubt")
        )
    if not found.carried_out:
        why = f"{old}; nothing shows that it was done: look it up, and use a new key only after that"
        return _unknown(issued, why), Ended(ending="stale", object_id=found.object_id)
    if found.declined:
        declined = DeclinedError(
            f"{old}; it was declined when it was made", idempotency_key=ask.idempotency_key, outcome="rejected"
        )
        return declined, Ended(ending="rejected", object_id=found.object_id)
    done = Ended(ending="succeeded", object_id=found.object_id)
    if found.settled is not None:
        return found.settled, done
    gone = UnexpectedResponseError(
        f"{old}; it was done then, but what it returned cannot be read any more: do not make another",
        object_id=found.object_id,
        idempotency_key=ask.idempotency_key,
    )
    return gone, done


def _unknown(issued: Issued, message: str) -> MolamError:
    return NetworkError(message, idempotency_key=issued.prepared.ask.idempotency_key, outcome="unknown")
