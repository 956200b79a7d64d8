"""The outbox: events that were not yet turned into deliveries."""

from dataclasses import dataclass

from .port import Reader, Transaction

SELECT = """
SELECT id, account_id, livemode, type, created_at FROM events
WHERE NOT fanned_out AND id > :after ORDER BY id LIMIT :limit
"""
MARK_FANNED_OUT = "UPDATE events SET fanned_out = TRUE WHERE id = :event_id"


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """An event that was not yet turned into deliveries."""

    id: str
    account_id: str
    livemode: bool
    type: str
    created_at: int


async def waiting(reader: Reader, *, after: str, limit: int) -> list[OutboxEvent]:
    """The oldest events without deliveries, of those with greater ids than `after`."""
    rows = await reader.fetch_all(SELECT, {"after": after, "limit": limit})
    return [
        OutboxEvent(row["id"], row["account_id"], bool(row["livemode"]), row["type"], row["created_at"]) for row in rows
    ]


async def mark_fanned_out(tx: Transaction, event_id: str) -> None:
    """Take an event out of the outbox."""
    await tx.execute(MARK_FANNED_OUT, {"event_id": event_id})
