"""Keeps each event once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from .._clock import now
from .._engines import insert_once
from .._hidden import Hidden
from .tables import NO_SEQUENCE, received_webhooks

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from .bodies import KeptBody
    from .envelope import Envelope

_T = received_webhooks.c


def keep(connection: Connection, tenant: str, envelope: Envelope, body: KeptBody) -> bool:
    """Insert an event unless it is there already, in one statement; return whether it is new."""
    position = envelope.position
    row = Hidden(
        {
            "tenant": tenant,
            "event_id": envelope.event_id,
            "type": envelope.type,
            "object_id": envelope.object_id,
            "sequence": NO_SEQUENCE if position is None else position.sequence,
            "status": None if position is None else position.status,
            "body": body.content,
            "body_form": body.form,
            "digest": body.digests[0],
            "conflicting": False,
            "state": "pending",
            "attempts": 0,
            "received_at": now(),
            "next_at": now(),
        }
    )
    return insert_once(connection, received_webhooks, row.value)


def conflicts(connection: Connection, tenant: str, envelope: Envelope, body: KeptBody) -> bool:
    """Whether another body was kept under the same id."""
    kept = connection.execute(select(_T.digest).where(*_is_event(tenant, envelope))).scalar_one_or_none()
    return kept is not None and kept not in body.digests


def mark_conflict(connection: Connection, tenant: str, envelope: Envelope) -> None:
    """Write down that an id came with two bodies, in one statement."""
    connection.execute(update(received_webhooks).where(*_is_event(tenant, envelope)).values(conflicting=True))


def _is_event(tenant: str, envelope: Envelope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _T.tenant == tenant, _T.event_id == envelope.event_id
