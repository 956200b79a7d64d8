"""The accounts table: the tenants."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from .port import Reader, Row, Transaction

SELECT = """
SELECT id, molam_id, home_region, capabilities, webhook_secret, created_at FROM accounts WHERE id = :id
"""
SELECT_EVERY = """
SELECT id, molam_id, home_region, capabilities, webhook_secret, created_at FROM accounts ORDER BY created_at, id
"""
SELECT_FIRST = "SELECT id FROM accounts ORDER BY created_at, id LIMIT 1"
INSERT = """
INSERT INTO accounts (id, molam_id, home_region, capabilities, webhook_secret, created_at)
VALUES (:id, :molam_id, :home_region, :capabilities, :webhook_secret, :created_at)
"""
REPLACE_SIGNING = "UPDATE accounts SET webhook_secret = :webhook_secret WHERE id = :id"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A tenant; `webhook_secret` (encrypted) is what its new endpoints sign with, None where each gets its own."""

    id: str
    molam_id: str
    home_region: str
    capabilities: Sequence[str]
    webhook_secret: str | None
    created_at: int


async def find(reader: Reader, account_id: str) -> AccountRow | None:
    """One account."""
    row = await reader.fetch_one(SELECT, {"id": account_id})
    return None if row is None else _read(row)


async def every(reader: Reader) -> list[AccountRow]:
    """All accounts, the oldest first."""
    return [_read(row) for row in await reader.fetch_all(SELECT_EVERY, {})]


async def first(reader: Reader) -> str | None:
    """The id of the oldest account: in a sandbox, the seeded one."""
    row = await reader.fetch_one(SELECT_FIRST, {})
    return None if row is None else str(row["id"])


async def insert(tx: Transaction, account: AccountRow) -> None:
    """Add an account."""
    await tx.execute(
        INSERT,
        {
            "id": account.id,
            "molam_id": account.molam_id,
            "home_region": account.home_region,
            "capabilities": json.dumps(list(account.capabilities)),
            "webhook_secret": account.webhook_secret,
            "created_at": account.created_at,
        },
    )


async def set_webhook_secret(tx: Transaction, account_id: str, encrypted: str) -> None:
    """Change what new endpoints sign with."""
    await tx.execute(REPLACE_SIGNING, {"id": account_id, "webhook_secret": encrypted})


def _read(row: Row) -> AccountRow:
    return AccountRow(**{**row, "capabilities": json.loads(row["capabilities"])})
