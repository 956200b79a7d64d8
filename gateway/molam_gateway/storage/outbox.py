"""The outbox: events that were not yet turned into deliveries."""

from dataclasses import dataclass

from .port import Reader, Transaction

SELECT = """
SELECT id, account_id, livemode, type, created_at FROM events
WHERE NOT fanned_out AND id > :after ORDER BY id LIMIT :limit
"""
_EVERYTHING = 1_000_000
MARK_FANNED_OUT = "UPDATE events SET fanned_out = TRUE WHERE id = :event_id"


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """An event that was not yet turned into deliveries."""

    id: str
    account_id: str
    livemode: bool
    type: str
    created_at: int


async def is_empty(reader: Reader, *, after: str) -> bool:
    """Whether no event with a greater id than `after` waits."""
    return await reader.fetch_one(SELECT, {"after": after, "limit": 1}) is None


async def take(tx: Transaction, *, after: str, limit: int) -> list[OutboxEvent]:
    """The oldest events without deliveries, locked, less those that another process is at."""
    rows = await tx.fetch_all(SELECT + tx.skip_locked, {"after": after, "limit": limit})
    return [
        OutboxEvent(row["id"], row["account_id"], bool(row["livemode"]), row["type"], row["created_at"]) for row in rows
    ]


async def settle(tx: Transaction) -> None:
    """Wait until no other process is at any event."""
    await tx.fetch_all(SELECT + tx.for_update, {"after": "", "limit": _EVERYTHING})


async def mark_fanned_out(tx: Transaction, event_id: str) -> None:
    """Take an event out of the outbox."""
    await tx.write(MARK_FANNED_OUT, {"event_id": event_id})
