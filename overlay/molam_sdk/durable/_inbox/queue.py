"""Leases events to workers: whose turn it is, and what became of it.

The unit of the lease is the object, so that no two events of one object are worked at together. Locks are taken on the
object first and on one of its events then, by everybody. Nothing here waits for a handler: receiving never touches the
row of an object, and claiming passes over rows that are locked. An event that waits for its next attempt holds back the
newer ones of its object.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Literal, NamedTuple

from attrs import evolve, field, frozen
from sqlalchemy import and_, func, or_, select, text, tuple_, update

from .._clock import after, moment, now
from .._engines import insert_once, skip_locked
from .._guard import lost
from .order import Position
from .tables import NEVER, NO_SEQUENCE, received_webhooks, webhook_objects

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Subquery

_E, _O = received_webhooks.c, webhook_objects.c
_FREE = ""
_CANDIDATES = 16

End = Literal["done", "ignored", "superseded", "dead"]


class ObjectKey(NamedTuple):
    """An object of a tenant."""

    tenant: str
    object_id: str


@frozen
class Claim:
    """An event that is leased to this worker.

    Attributes:
        key: The object that is leased.
        token: Proves the lease; the next one has another, and so has the transaction that holds it.
        event_id: The event.
        type: Its type.
        position: Where it stands among those of its object; None where it does not say.
        newest: Where the newest event of the object stands that a handler ran for.
        passed_over: The handlers that alone may run, because the others had the event before; empty for all.
        attempts: How often it was leased, this time included.
        body: What was kept of it; None where it was dropped.
        body_form: How it was kept.
    """

    key: ObjectKey
    token: str
    event_id: str
    type: str
    position: Position | None
    newest: Position | None
    passed_over: frozenset[str]
    attempts: int
    body: bytes | None = field(repr=False)
    body_form: str


class LeaseLost(Exception):
    """Somebody else works at the object now: nothing may be written for it."""


def candidates(connection: Connection, passed: Collection[ObjectKey]) -> Sequence[ObjectKey]:
    """Some objects that have events to work at, none held back, and that nobody has leased; the oldest event first.

    Args:
        connection: Used for one SELECT without locks.
        passed: Objects to leave out.
    """
    due = moment()
    holding = _holding(due)
    is_same = and_(_O.tenant == _E.tenant, _O.object_id == _E.object_id)
    is_held = and_(holding.c.tenant == _E.tenant, holding.c.object_id == _E.object_id)
    statement = (
        select(_E.tenant, _E.object_id)
        .select_from(received_webhooks.outerjoin(webhook_objects, is_same).outerjoin(holding, is_held))
        .where(_E.state == "pending", _E.next_at <= due, or_(_O.leased_until.is_(None), _O.leased_until <= due))
        .where(or_(holding.c.sequence.is_(None), _E.sequence <= holding.c.sequence))
        .order_by(_E.next_at, _E.tenant, _E.event_id)
        .limit(_CANDIDATES)
    )
    if passed:
        statement = statement.where(tuple_(_E.tenant, _E.object_id).not_in([tuple(key) for key in passed]))
    return list(dict.fromkeys(ObjectKey(*row) for row in connection.execute(statement)))


def claim(connection: Connection, key: ObjectKey, lease: float, most: int) -> Claim | Literal["dead"] | None:
    """Lease an object and take the first of its events that are due, unless an older one waits for its next attempt.

    Args:
        connection: In a transaction, READ COMMITTED.
        key: The object.
        lease: Seconds.
        most: An event that was leased so often ends here: each of those workers died of it.

    Returns:
        The claim, "dead" if an event ended, or None if others have the object or nothing of it may run now.
    """
    locked = _lock(connection, key)
    if locked is None:
        return None
    columns = (_E.event_id, _E.type, _E.sequence, _E.status, _E.attempts, _E.passed_over, _E.body, _E.body_form)
    is_due = _E.next_at <= now()
    holds_back = and_(_E.attempts > 0, _E.sequence > NO_SEQUENCE)
    first = (
        select(*columns, is_due.label("is_due"))
        .where(_E.tenant == key.tenant, _E.object_id == key.object_id, _E.state == "pending", or_(is_due, holds_back))
        .order_by(_E.sequence, _E.event_id)
        .limit(1)
    )
    row = connection.execute(first).one_or_none()
    if row is None or not row.is_due:
        return None
    claimed = Claim(
        key,
        secrets.token_hex(12),
        row.event_id,
        row.type,
        _position(row.sequence, row.event_id, row.status),
        locked.newest,
        frozenset(json.loads(row.passed_over or "[]")),
        row.attempts + 1,
        row.body,
        row.body_form,
    )
    del row  # a claim does not show the body
    of_event = _is_event(key, claimed.event_id)
    if claimed.attempts > most:
        ended = update(received_webhooks).where(of_event).values(state="dead", ended_at=now())
        connection.execute(ended)
        return "dead"
    lent = update(webhook_objects).where(_is_object(key))
    connection.execute(lent.values(token=claimed.token, leased_until=after(lease), touched_at=now()))
    # What is written for a worker that dies stays: nobody else will say why.
    counted = update(received_webhooks).where(of_event).values(attempts=claimed.attempts, error="WorkerLost")
    connection.execute(counted)
    return claimed


def hold(connection: Connection, claimed: Claim) -> Claim:
    """Lock the leased object for the rest of the transaction, and return the claim with a token of this transaction.

    The token is only there as long as the transaction is. A database can roll one back on its own, and go on with the
    next statement in another: MySQL does after a deadlock, which a handler may have caught.

    Raises:
        LeaseLost: The lease has passed to somebody else.
    """
    held = evolve(claimed, token=secrets.token_hex(12))
    taken = update(webhook_objects).where(_is_leased(claimed)).values(token=held.token)
    if connection.execute(taken).rowcount != 1:
        raise LeaseLost
    return held


def end(
    connection: Connection,
    held: Claim,
    state: End,
    newest: Position | None,
    passed_over: Collection[str],
    *,
    drop_body: bool,
) -> None:
    """Write down, in the transaction of the effect, that an event is through, and give the lease back.

    Args:
        connection: The transaction that `hold` was called in.
        held: What `hold` returned.
        state: What became of it.
        newest: The newest that was done for the object, with this one.
        passed_over: Names of the handlers that did not get it, if others did.
        drop_body: Whether the body is not kept any longer.

    Raises:
        TransactionLost: It is not the transaction that `hold` was called in: roll back what is there of it.
    """
    place: dict[str, object] = {}
    if newest is not None:
        place = {"sequence": newest.sequence, "event_id": newest.event_id, "status": newest.status}
    # First of all: where the transaction is gone, SQLite would commit each statement.
    if not _give_back(connection, held, place):
        raise lost()
    values: dict[str, object] = {"state": state, "ended_at": now(), "error": None}
    values["passed_over"] = json.dumps(sorted(passed_over)) if passed_over else None
    if drop_body and state in ("done", "superseded"):
        values |= {"body": None, "body_form": "dropped"}
    pending = and_(_is_event(held.key, held.event_id), _E.state == "pending")
    if connection.execute(update(received_webhooks).where(pending).values(values)).rowcount != 1:
        raise lost()


def put_off(connection: Connection, claimed: Claim, error: str, wait: float | None) -> bool:
    """Write down that an attempt failed, and give the lease back; return False if it was lost before.

    Args:
        connection: In a transaction of its own.
        claimed: The event, as it was claimed.
        error: Name of the exception's class.
        wait: Seconds until the next attempt; None for no other: the event becomes a dead letter.
    """
    if connection.dialect.name == "postgresql":
        # If the handler's connection broke, its lock is there until the server notices. MySQL waits 50 s by itself.
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    if not _give_back(connection, claimed, {}):
        return False
    values: dict[str, object] = {"error": error}
    values |= {"state": "dead", "ended_at": now()} if wait is None else {"next_at": after(wait)}
    pending = and_(_is_event(claimed.key, claimed.event_id), _E.state == "pending")
    return connection.execute(update(received_webhooks).where(pending).values(values)).rowcount == 1


def _holding(due: ColumnElement[datetime]) -> Subquery:
    """The sequence of the oldest event of each object that was tried and waits for its next attempt.

    Found once for the statement: asked for each event, it would read all those of its object each time. Which of two
    events with one sequence is the older is left to `claim`.
    """
    waits = and_(_E.state == "pending", _E.next_at > due, _E.attempts > 0, _E.sequence > NO_SEQUENCE)
    oldest = select(_E.tenant, _E.object_id, func.min(_E.sequence).label("sequence")).where(waits)
    return oldest.group_by(_E.tenant, _E.object_id).subquery("holding")


@frozen
class _Locked:
    newest: Position | None


def _lock(connection: Connection, key: ObjectKey) -> _Locked | None:
    """Lock the row of an object that nobody has leased, and make it where there is none."""
    free = select(_O.sequence, _O.event_id, _O.status).where(_is_object(key), _O.leased_until <= now())
    found = connection.execute(skip_locked(free, connection)).one_or_none()
    if found is not None:
        return _Locked(_position(found.sequence, found.event_id, found.status))
    # MySQL's INSERT would wait for the row's lock, and so for the handler of whoever has it.
    if connection.execute(select(_O.object_id).where(_is_object(key))).one_or_none() is not None:
        return None
    row = {
        "tenant": key.tenant,
        "object_id": key.object_id,
        "token": _FREE,
        "leased_until": NEVER,
        "sequence": NO_SEQUENCE,
        "event_id": "",
        "touched_at": now(),
    }
    return _Locked(None) if insert_once(connection, webhook_objects, row) else None


def _position(sequence: int, event_id: str, status: str | None) -> Position | None:
    return None if sequence == NO_SEQUENCE else Position(sequence, event_id, status)


def _give_back(connection: Connection, claimed: Claim, place: dict[str, object]) -> bool:
    values = {**place, "token": _FREE, "leased_until": NEVER, "touched_at": now()}
    return connection.execute(update(webhook_objects).where(_is_leased(claimed)).values(values)).rowcount == 1


def _is_object(key: ObjectKey) -> ColumnElement[bool]:
    return and_(_O.tenant == key.tenant, _O.object_id == key.object_id)


def _is_leased(claimed: Claim) -> ColumnElement[bool]:
    return and_(_is_object(claimed.key), _O.token == claimed.token)


def _is_event(key: ObjectKey, event_id: str) -> ColumnElement[bool]:
    return and_(_E.tenant == key.tenant, _E.event_id == event_id)
