"""The sandbox_clock table: one row, how far the sandbox is ahead of real time."""

from .port import Reader, Transaction

SELECT = "SELECT offset_ms FROM sandbox_clock WHERE id = 1"
UPSERT = """
INSERT INTO sandbox_clock (id, offset_ms) VALUES (1, :offset_ms)
ON CONFLICT (id) DO UPDATE SET offset_ms = excluded.offset_ms WHERE sandbox_clock.offset_ms < excluded.offset_ms
"""


async def offset_ms(reader: Reader) -> int:
    """The stored offset in milliseconds."""
    row = await reader.fetch_one(SELECT, {})
    return 0 if row is None else int(row["offset_ms"])


async def set_offset_ms(tx: Transaction, offset: int) -> None:
    """Store the offset, unless a greater one is."""
    await tx.execute(UPSERT, {"offset_ms": offset})
