"""Deletes what is too old of webhooks: ended deliveries with their attempts, events, and secrets that were replaced."""

from . import feed
from .port import Transaction

SELECT_ENDED = """
SELECT id FROM webhook_deliveries
WHERE status IN ('delivered', 'dead_letter', 'canceled') AND updated_at < :before
ORDER BY updated_at, id LIMIT :limit
"""
DELETE_ATTEMPTS = "DELETE FROM webhook_attempts WHERE delivery_id = :id"
DELETE_DELIVERY = "DELETE FROM webhook_deliveries WHERE id = :id"
SELECT_OLD_EVENTS = """
SELECT e.id, e.account_id, e.livemode, e.seq FROM events e
WHERE e.id > :after AND e.fanned_out AND e.seq IS NOT NULL AND e.created_at < :before
    AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = e.id)
    AND EXISTS (SELECT 1 FROM events n WHERE n.object_id = e.object_id AND n.sequence > e.sequence)
ORDER BY e.id LIMIT :limit
"""
DELETE_EVENT = "DELETE FROM events WHERE id = :id"
DELETE_REPLACED_SECRETS = "DELETE FROM webhook_secrets WHERE expires_at <= :now"


async def delete_ended_deliveries(tx: Transaction, *, before: int, limit: int) -> int:
    """Delete deliveries that ended earlier, the oldest first; returns how many."""
    rows = await tx.fetch_all(SELECT_ENDED + tx.for_update, {"before": before, "limit": limit})
    for row in rows:
        await tx.execute(DELETE_ATTEMPTS, {"id": row["id"]})
        await tx.execute(DELETE_DELIVERY, {"id": row["id"]})
    return len(rows)


async def delete_events(tx: Transaction, *, before: int, after: str, limit: int) -> str | None:
    """Delete earlier events whose deliveries are gone; returns the id to go on after, None at the end.

    The newest event of an object stays: the next one counts on from it.
    """
    rows = await tx.fetch_all(SELECT_OLD_EVENTS, {"before": before, "after": after, "limit": limit})
    for row in rows:
        await tx.execute(DELETE_EVENT, {"id": row["id"]})
        await feed.forget(tx, account_id=row["account_id"], livemode=bool(row["livemode"]), seq=row["seq"])
    return str(rows[-1]["id"]) if len(rows) == limit else None


async def delete_replaced_secrets(tx: Transaction, now: int) -> None:
    """Delete secrets whose overlap has ended."""
    await tx.execute(DELETE_REPLACED_SECRETS, {"now": now})
