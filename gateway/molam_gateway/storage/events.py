"""The events table: facts recorded in the transaction that made them, the outbox of webhooks."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from ..domain.call import Call
from ..domain.ids import IdGenerator
from ..domain.times import milliseconds, rfc3339
from .port import Question, Reader, Row, Transaction

Document: TypeAlias = dict[str, object]
"""An event in its API form."""

_NUMBERS = "next event of"

API_VERSION = "2026-11-01"

NEXT_SEQUENCE = "SELECT COALESCE(MAX(sequence), 0) + 1 AS sequence FROM events WHERE object_id = :object_id"
INSERT = """
INSERT INTO events (id, account_id, livemode, type, object_id, sequence, document, created_at, transaction_id,
    customer_id)
VALUES (:id, :account_id, :livemode, :type, :object_id, :sequence, :document, :created_at, :transaction_id,
    COALESCE(:customer_id, (SELECT p.customer_id FROM payment_intents p WHERE p.id = :transaction_id)))
"""
SELECT_LATEST = """
SELECT document FROM events WHERE object_id = :object_id AND type = :type ORDER BY sequence DESC LIMIT 1
"""


def numbering(object_id: str) -> Question:
    """Asks for the number of an object's next event; `remember` reads the answer."""
    return NEXT_SEQUENCE, {"object_id": object_id}


def remember(tx: Transaction, object_id: str, rows: Sequence[Row]) -> None:
    """Take the number for the next event of an object that this transaction has locked."""
    tx.kept[_NUMBERS, object_id] = int(rows[0]["sequence"])


async def record_event(
    tx: Transaction,
    *,
    ids: IdGenerator,
    now: datetime,
    account_id: str,
    livemode: bool,
    type: str,
    object: Mapping[str, object],
    previous_attributes: Mapping[str, object] | None = None,
    call: Call | None = None,
) -> Document:
    """Record a fact about `object` (its API form at this moment, with `id`) and return the event.

    The event's `sequence` is the object's own where it has one, else the next of that object's events.
    `call` is the request that caused it, None for work the gateway did by itself.
    """
    object_id = str(object["id"])
    sequence = object.get("sequence")
    if not isinstance(sequence, int):
        if (_NUMBERS, object_id) not in tx.kept:
            remember(tx, object_id, await tx.fetch_all(*numbering(object_id)))
        sequence = tx.kept.pop((_NUMBERS, object_id))
    created_at = milliseconds(now)
    event: Document = {
        "id": ids.new("evt", now),
        "object": "event",
        "type": type,
        "api_version": API_VERSION,
        "livemode": livemode,
        "account": account_id,
        "sequence": sequence,
        "created_at": rfc3339(created_at),
        "data": {"object": dict(object), "previous_attributes": previous_attributes and dict(previous_attributes)},
        "request": call and {"id": call.request_id, "idempotency_key": call.idempotency_key},
    }
    await tx.write(
        INSERT,
        {
            "id": str(event["id"]),
            "account_id": account_id,
            "livemode": livemode,
            "type": type,
            "object_id": object_id,
            "sequence": sequence,
            "document": json.dumps(event, separators=(",", ":")),
            "created_at": created_at,
            "transaction_id": _text(object, "id" if object.get("object") == "payment_intent" else "payment_intent"),
            "customer_id": _text(object, "customer_id"),
        },
    )
    return event


async def latest(reader: Reader, *, object_id: str, type: str) -> Document | None:
    """The newest event of this type about an object."""
    row = await reader.fetch_one(SELECT_LATEST, {"object_id": object_id, "type": type})
    return None if row is None else json.loads(row["document"])


def _text(object: Mapping[str, object], name: str) -> str | None:
    value = object.get(name)
    return value if isinstance(value, str) else None
