"""The signing_keys table: the private halves, sealed; rows are retired, never changed."""

from dataclasses import dataclass

from .port import Reader, Transaction

SELECT = """
SELECT kid, private_key, created_at FROM signing_keys WHERE retired_at IS NULL ORDER BY created_at DESC, kid DESC
"""
INSERT = "INSERT INTO signing_keys (kid, private_key, created_at) VALUES (:kid, :private_key, :created_at)"
RETIRE = "UPDATE signing_keys SET retired_at = :now WHERE kid <> :kid AND retired_at IS NULL AND created_at <= :before"


@dataclass(frozen=True, slots=True)
class SigningKeyRow:
    """A key in force."""

    kid: str
    private_key: str
    created_at: int


async def in_force(reader: Reader) -> list[SigningKeyRow]:
    """The keys that were not retired, the newest first."""
    return [SigningKeyRow(**row) for row in await reader.fetch_all(SELECT, {})]


async def insert(tx: Transaction, *, kid: str, private_key: str, created_at: int) -> None:
    """Add a key."""
    await tx.execute(INSERT, {"kid": kid, "private_key": private_key, "created_at": created_at})


async def retire(tx: Transaction, *, kept: str, before: int, now: int) -> int:
    """Stop believing every key but `kept` that was made until `before`; returns how many."""
    return await tx.execute(RETIRE, {"kid": kept, "before": before, "now": now})
