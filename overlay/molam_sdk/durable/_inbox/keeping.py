"""Looks after events that are through, or given up: dead letters, redrive, cleanup."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, get_args

from sqlalchemy import and_, delete, exists, false, func, or_, select, update

from ...errors import ConfigurationError
from .._ages import checked_age
from .._arguments import checked_limit, checked_text
from .._clock import ago, moment, now
from .._engines import skip_locked
from .handlers import warn_if_unknown
from .tables import received_webhooks, webhook_objects
from .values import DeadLetter, Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, Connection

_E, _O = received_webhooks.c, webhook_objects.c
_NAME = re.compile(r"[!-~]{1,255}").fullmatch
_TENANT = re.compile(r"[!-~]{1,64}").fullmatch
_BATCH = 500
SHORTEST = timedelta(days=31)
"""Molam can deliver an event again for 30 days; what is forgotten earlier would be done again then."""

Redriven = Literal["dead", "ignored", "superseded"]


def waiting(connection: Connection) -> Pending:
    """Count what is pending."""
    counted = select(func.count(), func.min(_E.received_at, type_=_E.received_at.type)).where(_E.state == "pending")
    count, oldest = connection.execute(counted).one()
    return Pending(count, oldest)


def dead_letters(tenant: str | None, limit: int) -> Callable[[Connection], list[DeadLetter]]:
    """The last dead letters, the newest first.

    Raises:
        ValidationError: The tenant is no string, or the limit less than 1.
    """
    columns = (_E.tenant, _E.event_id, _E.type, _E.object_id, _E.attempts, _E.error, _E.received_at, _E.ended_at)
    statement = select(*columns).where(_E.state == "dead", *_of_tenant(tenant))
    statement = statement.order_by(_E.ended_at.desc(), _E.tenant, _E.event_id).limit(checked_limit(limit))
    return lambda connection: [DeadLetter(*row) for row in connection.execute(statement)]


def selection(
    event_id: str | None, type: str | None, since: datetime | None, tenant: str | None, state: Redriven
) -> ColumnElement[bool]:
    """Which events to redrive.

    Raises:
        ConfigurationError: Nothing is named, a state that there is not, or a time without its zone.
        ValidationError: An id, type or tenant is no string.
    """
    if state not in get_args(Redriven):
        raise ConfigurationError('state must be "dead", "ignored" or "superseded"')
    for name, text in (("event_id", event_id), ("type", type), ("tenant", tenant)):
        if text is not None:
            checked_text(name, text)
    if event_id is None and type is None and since is None:
        raise ConfigurationError("say what to redrive: an event id, type= or since=")
    if since is not None and getattr(since, "tzinfo", None) is None:
        raise ConfigurationError("since must have a time zone: datetime.now(UTC) - timedelta(hours=1)")
    if type is not None:
        warn_if_unknown(type)
    ended = _E.state == state
    if state == "superseded":  # for all handlers, or for some
        ended = or_(ended, and_(_E.state == "done", _E.passed_over.is_not(None)))
    chosen = [ended, _E.body_form != "dropped", *_of_tenant(tenant)]
    if event_id is not None:
        chosen.append(_E.event_id == event_id if _NAME(event_id) else false())
    if type is not None and not _NAME(type):
        chosen.append(false())
    elif type is not None:
        named = _E.type.startswith(type[:-1], autoescape=True) if type.endswith("*") else _E.type == type
        chosen.append(named)
    if since is not None:
        chosen.append(_E.ended_at >= since)
    return and_(*chosen)


def redrive(connection: Connection, chosen: ColumnElement[bool]) -> int:
    """Make events pending again with all their attempts; return how many."""
    values = {"state": "pending", "attempts": 0, "error": None, "next_at": now(), "ended_at": None}
    return connection.execute(update(received_webhooks).where(chosen).values(values)).rowcount


def check_age(older_than: timedelta) -> None:
    """Refuse to forget what may still be delivered again.

    Raises:
        ConfigurationError: It is no timedelta, or less than 31 days.
    """
    if checked_age("older_than", older_than) < SHORTEST:
        raise ConfigurationError(
            "older_than must be at least 31 days: Molam can deliver an event again for 30, and one that was forgotten"
            " would be done twice; keep_bodies=False keeps no customer data that long"
        )


def forget_events(connection: Connection, older_than: timedelta) -> int:
    """Delete some events that are through; return how many, zero if there are no more. Dead letters stay."""
    for ended in ("done", "ignored", "superseded"):  # each by itself: in the order of the index, which is read then
        old = and_(_E.state == ended, _E.ended_at < ago(older_than.total_seconds()))
        chosen = select(_E.tenant, _E.event_id).where(old).order_by(_E.ended_at).limit(_BATCH)
        keys = [(row.tenant, row.event_id) for row in connection.execute(chosen)]
        if keys:
            return _delete_events(connection, keys, ended)
    return 0


def forget_objects(connection: Connection, older_than: timedelta) -> int:
    """Delete some objects that have no event left; return how many, zero if there are no more."""
    of_object = and_(_E.tenant == _O.tenant, _E.object_id == _O.object_id)
    gone = and_(
        _O.touched_at < ago(older_than.total_seconds()), _O.leased_until <= moment(), ~exists().where(of_object)
    )
    found = connection.execute(select(_O.tenant, _O.object_id).where(gone).limit(_BATCH)).all()
    deleted = 0
    for tenant, object_id in found:
        # The conditions again: somebody may have leased it since. One that is locked is in use, and not waited for.
        still = select(_O.object_id).where(_O.tenant == tenant, _O.object_id == object_id, gone)
        if connection.execute(skip_locked(still, connection)).first() is not None:
            unused = delete(webhook_objects).where(_O.tenant == tenant, _O.object_id == object_id)
            deleted += connection.execute(unused).rowcount
    return deleted


def _delete_events(connection: Connection, keys: Sequence[tuple[str, str]], ended: str) -> int:
    """Row by row: MariaDB uses no index for `(a, b) IN (...)`, and waits for the locks on all that it scans."""
    deleted = 0
    for tenant, event_id in keys:
        chosen = delete(received_webhooks).where(_E.tenant == tenant, _E.event_id == event_id, _E.state == ended)
        deleted += connection.execute(chosen).rowcount
    return deleted


def _of_tenant(tenant: str | None) -> list[ColumnElement[bool]]:
    if tenant is None:
        return []
    name = checked_text("tenant", tenant)
    return [_E.tenant == name if not name or _TENANT(name) else false()]
