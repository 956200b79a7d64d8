"""What the journal does to its table, for the synchronous and the asynchronous half alike.

Every claim of a row, the first one with its INSERT, raises `claims`, the fence: an end is written by the newest claim
only. A success is the exception: whoever saw it is right, so it replaces every other state, and nothing replaces it.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from attrs import evolve
from sqlalchemy import and_, bindparam, case, delete, null, or_, select, update

from ...errors import ConflictError, IdempotencyError, ValidationError
from ...journal import Begun, Ended
from .._clock import after, after_parameter, microseconds, now
from .._engines import once, run_once, skip_locked
from .._hidden import Hidden
from .bodies import MODES
from .tables import calls

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Update

    from ...journal import Entry, Scope
    from .bodies import Bodies

UNFINISHED = ("in_flight", "in_doubt")
DELETABLE = ("succeeded", "rejected", "not_sent")
NOT_DONE = ("rejected", "not_sent")
FORGOTTEN = 24 * 3600.0
"""Seconds after which a key that was used is not sent again."""
REPLAYED = FORGOTTEN - 3600.0
"""Seconds for which the API is certain to answer a repeated call as it did the first one."""

_ANY_REGION = "{region}"
_KEY = ("idempotency_key", "owner", "account", "mode")

_UNDONE = ", which was not done; nothing was sent, give a new request a key of its own"
_PERHAPS_DONE = (
    ", which was or may have been done, so nothing was sent: if this is the same payment, repeat that request just as"
    " it was, or settle it with recover()"
)
_SETTLING = (402, 404, 409)
_NOT_SETTLING = ("idempotency_in_flight", "payment_in_flight", "idempotency_key_expired")


def new_row(entry: Entry, bodies: Bodies) -> Hidden[dict[str, Any]]:
    """The row of a call that nothing is known of yet; its id sorts by time, for the sake of MySQL's clustered index."""
    return Hidden(
        bodies.row(entry)
        | {
            "id": f"{time.time_ns() // 1_000_000:012x}{os.urandom(10).hex()}",
            "state": "in_flight",
            "doubt": False,
            "claims": 1,
            "lease": microseconds(entry.lease),
        }
    )


def insert(row: Hidden[dict[str, Any]]) -> Callable[[Connection], Begun | None]:
    """Write the row; None if the key is there already."""

    def work(connection: Connection) -> Begun | None:
        if not run_once(connection, _INSERT, row.value):
            return None
        return Begun(token=f"{row.value['id']}:1", in_doubt=False, first_used_at=row.value["created_at"])

    return work


def begin_again(row: Hidden[dict[str, Any]], entry: Entry, bodies: Bodies) -> Callable[[Connection], Begun | None]:
    """Claim the row that has the key; None if it has gone in between.

    A closed one has no body any more. It may be the one that `insert` wrote, whose answer was lost, or that this
    function claimed when it was run before: so the same one is to be run again.
    """
    key = and_(*(calls.c[name] == row.value[name] for name in _KEY))

    claimed: tuple[Begun, datetime] | None = None

    def work(connection: Connection) -> Begun | None:
        nonlocal claimed
        found = connection.execute(select(calls, now().label("asked_at")).where(key).with_for_update()).one_or_none()
        if found is None:
            return None
        if found.id == row.value["id"] and found.claims == 1:
            return Begun(token=f"{found.id}:1", in_doubt=False, first_used_at=found.created_at)
        if claimed is not None and _is_still(found, *claimed):
            return claimed[0]
        _check_same_call(found, entry, bodies)
        in_doubt = found.state not in NOT_DONE
        age = (found.asked_at - found.first_begun_at).total_seconds()
        created_at = found.created_at
        values: dict[str, Any] = {"claims": found.claims + 1}
        if found.state != "succeeded":
            lease = {"leased_until": after(entry.lease), "finished_at": None}
            values |= {"state": "in_flight", "doubt": in_doubt, **lease}
        if not in_doubt or age < FORGOTTEN:
            values["last_begun_at"] = now()
        if not in_doubt and not (_is_stored(found) and age < REPLAYED):
            created_at, age = entry.created_at, 0.0
            values["first_begun_at"] = now()
        if not in_doubt or found.state == "stale":
            values |= bodies.row(evolve(entry, created_at=created_at))
        connection.execute(update(calls).where(calls.c.id == found.id).values(values))
        begun = Begun(
            token=f"{found.id}:{found.claims + 1}",
            in_doubt=in_doubt,
            first_used_at=created_at,
            age=age,
            last_begun_at=found.last_begun_at,
            succeeded=found.state == "succeeded",
            object_id=found.object_id,
        )
        if not in_doubt:
            until = select(calls.c.leased_until).where(calls.c.id == found.id)
            claimed = begun, connection.execute(until).scalar_one()
        return begun

    return work


def in_doubt(entry: Entry, bodies: Bodies) -> Callable[[Connection], bool]:
    """Look whether the key was begun before and may have been done, or was."""
    row = Hidden(bodies.row(entry))
    key = and_(*(calls.c[name] == row.value[name] for name in _KEY))

    def work(connection: Connection) -> bool:
        found = connection.execute(select(calls).where(key)).one_or_none()
        if found is None:
            return False
        _check_same_request(found, entry, bodies)
        return found.state not in NOT_DONE

    return work


def finish(token: str, ended: Ended) -> Callable[[Connection], bool]:
    """Write the end of the claim that `token` stands for; whether it stood for the newest, or a success."""
    id, _, fence = token.rpartition(":")
    if not id or not fence.isdecimal():
        raise ValidationError("token must be one that begin or claim returned", param="token")
    statement = _FINISH["settled" if _settles(ended) else ended.ending]
    parameters = {
        "this_id": id,
        "this_fence": int(fence),
        "new_state": ended.ending,
        "new_status_code": ended.status_code,
        "new_object_id": _fitting(ended.object_id),
        "new_code": _fitting(ended.code),
        "new_request_id": _fitting(ended.request_id),
    }

    def work(connection: Connection) -> bool:
        return connection.execute(statement, parameters).rowcount == 1 or ended.ending == "succeeded"

    return work


def claim(limit: int, lease: float, scope: Scope) -> Callable[[Connection], Sequence[tuple[str, Hidden[Row[Any]]]]]:
    """Lease unfinished rows of the scope that nobody has, those first whose lease has been over for longest."""
    if limit < 1 or lease < 0:
        raise ValidationError("limit must be 1 or more and lease 0 seconds or more", param="limit")
    moment = select(now()).scalar_subquery()
    due = select(calls, moment.label("asked_at")).where(calls.c.leased_until <= moment, calls.c.state.in_(UNFINISHED))
    due = due.where(calls.c.owner.in_((scope.owner, *scope.former_owners)), calls.c.mode == MODES[scope.livemode])
    due = due.where(or_(*map(_in_region, scope.regions)))
    due = due.order_by(calls.c.leased_until, calls.c.id).limit(limit)

    def work(connection: Connection) -> Sequence[tuple[str, Hidden[Row[Any]]]]:
        rows = connection.execute(skip_locked(due, connection)).all()
        if rows:
            leased = {"claims": calls.c.claims + 1, "state": "in_flight", "doubt": True, "leased_until": after(lease)}
            ids = [row.id for row in rows]
            connection.execute(update(calls).where(calls.c.id.in_(ids)).values(leased))
        return [(f"{row.id}:{row.claims + 1}", Hidden(row)) for row in rows]

    return work


def cleanup(seconds: float, batch: int) -> Callable[[Connection], int]:
    """Delete a batch of calls that have been finished for so long; how many there were."""
    then = select(after(-seconds)).scalar_subquery()  # or PostgreSQL would ask the clock for every row, without index
    old = select(calls.c.id).where(calls.c.finished_at < then, calls.c.state.in_(DELETABLE))
    old = old.order_by(calls.c.finished_at).limit(batch)

    def work(connection: Connection) -> int:
        ids = connection.execute(skip_locked(old, connection)).scalars().all()
        if ids:
            connection.execute(delete(calls).where(calls.c.id.in_(ids), calls.c.state.in_(DELETABLE)))
        return len(ids)

    return work


def _is_still(found: Row[Any], begun: Begun, leased_until: datetime) -> bool:
    """Whether this claim is the newest: another one in its place, if it was undone, has the same number."""
    token = f"{found.id}:{found.claims}"
    return (token, found.created_at, found.leased_until) == (begun.token, begun.first_used_at, leased_until)


def _in_region(address: str) -> ColumnElement[bool]:
    before, any_name, behind = address.partition(_ANY_REGION)
    if not any_name:
        return calls.c.region == address
    return and_(calls.c.region.startswith(before, autoescape=True), calls.c.region.endswith(behind, autoescape=True))


def _check_same_call(found: Row[Any], entry: Entry, bodies: Bodies) -> None:
    """Refuse what would be another call, or the same one done twice: a region knows nothing of another one's keys."""
    _check_same_request(found, entry, bodies)
    if found.region != entry.region and found.state not in NOT_DONE:
        raise ConflictError(
            "idempotency_key_elsewhere: the journal has this call in another region, where it was or may have been"
            " done, so nothing was sent; if it is not finished, settle it there with recover()",
            code="idempotency_key_elsewhere",
            idempotency_key=entry.idempotency_key,
            outcome="unknown",
        )


def _check_same_request(found: Row[Any], entry: Entry, bodies: Bodies) -> None:
    if not bodies.same_request(found, entry):
        undone = found.state in NOT_DONE
        raise IdempotencyError(
            "idempotency_key_reused: the journal has this idempotency key for another request"
            + (_UNDONE if undone else _PERHAPS_DONE),
            code="idempotency_key_reused",
            idempotency_key=entry.idempotency_key,
            outcome="not_sent" if undone else "unknown",
        )


def _finishing() -> dict[str, Update]:
    """The statements for each ending, made once: that costs more than to run them."""
    known: dict[str, Any] = {
        name: bindparam(f"new_{name}") for name in ("status_code", "object_id", "code", "request_id")
    }
    ours = update(calls).where(calls.c.id == bindparam("this_id"))
    newest = ours.where(calls.c.claims == bindparam("this_fence"), calls.c.state.in_(UNFINISHED))
    closed = known | {"doubt": False, "finished_at": now(), "leased_until": None, "content": None}
    state, doubt = bindparam("new_state", type_=calls.c.state.type), calls.c.doubt
    unsure = newest.values(
        state=case((doubt, "in_doubt"), else_=state),
        finished_at=case((doubt, null()), else_=now()),
        leased_until=case((doubt, now()), else_=null()),
        content=case((doubt, calls.c.content), else_=null()),
        **known,
    )
    return {
        "succeeded": ours.where(calls.c.state != "succeeded").values(state="succeeded", **closed),
        "settled": newest.values(state="rejected", **closed),
        "rejected": unsure,
        "not_sent": unsure,
        "in_doubt": newest.values(state="in_doubt", doubt=True, leased_until=now(), **known),
        "stale": newest.values(state="stale", finished_at=now(), content=None, **known),
    }


def _settles(ended: Ended) -> bool:
    """Whether the end also says what became of earlier claims: only answers that are stored under the key do."""
    stored = ended.status_code in _SETTLING and ended.code is not None and ended.code not in _NOT_SETTLING
    return ended.ending == "rejected" and stored


def _is_stored(found: Row[Any]) -> bool:
    """Whether a call that was not done ended with an answer that the API gives again while it knows the key."""
    return _settles(Ended(ending=found.state, status_code=found.status_code, code=found.code))


def _fitting(text: str | None) -> str | None:
    """What a server calls things, so that it fits whatever it is: the end of a payment must not get lost over it."""
    return None if text is None else "".join(each if "!" <= each <= "~" else "?" for each in text[:255])


_LATER = ("finished_at", "status_code", "object_id", "code", "request_id")
_BY_THE_CLOCK = {"first_begun_at": now(), "last_begun_at": now(), "leased_until": after_parameter("lease")}
_GIVEN = [column for column in calls.c if column.name not in (*_LATER, *_BY_THE_CLOCK)]
_INSERT = once(calls, {each.name: bindparam(each.name, type_=each.type) for each in _GIVEN} | _BY_THE_CLOCK)
_FINISH = _finishing()
