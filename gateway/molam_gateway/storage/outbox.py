"""The outbox: events that have their number in the feed and were not yet turned into deliveries.

Numbering writes only rows without a number, the fan-out locks only rows with one: neither ever waits for the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .port import Reader, Transaction

SELECT = """
SELECT id, account_id, livemode, type, created_at FROM events
WHERE NOT fanned_out AND position IS NOT NULL AND id > :after ORDER BY id LIMIT :limit
"""
_EVERYTHING = 1_000_000
_MANY = 64
MARK_FANNED_OUT = "UPDATE events SET fanned_out = TRUE WHERE id = :event0"
MARK_MANY = f"UPDATE events SET fanned_out = TRUE WHERE id IN ({', '.join(f':event{each}' for each in range(_MANY))})"  # noqa: S608
"""As many as `_MANY`; where there are fewer, the last one is named again."""


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


async def mark_fanned_out(tx: Transaction, event_ids: Sequence[str]) -> None:
    """Take events out of the outbox."""
    for first in range(0, len(event_ids), _MANY):
        part = event_ids[first : first + _MANY]
        named = {f"event{place}": part[min(place, len(part) - 1)] for place in range(1 if len(part) == 1 else _MANY)}
        await tx.write(MARK_FANNED_OUT if len(part) == 1 else MARK_MANY, named)
