"""Asks the database for nothing, to see whether it answers."""

from .port import Reader

PROBE = "SELECT 1 AS alive"


async def answers(reader: Reader) -> None:
    """Return once the database has answered. Raises StoreError."""
    await reader.fetch_one(PROBE, {})
