"""The api_keys table: credentials by their fingerprints, never the keys themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from .port import Reader, Transaction

SELECT = """
SELECT id, account_id, livemode, fingerprint, scopes FROM api_keys
WHERE fingerprint = :fingerprint AND revoked_at IS NULL
"""
INSERT = """
INSERT INTO api_keys (id, account_id, livemode, fingerprint, scopes, last4, created_at)
VALUES (:id, :account_id, :livemode, :fingerprint, :scopes, :last4, :created_at)
"""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that is in force."""

    id: str
    account_id: str
    livemode: bool
    fingerprint: str
    scopes: Sequence[str]


async def find(reader: Reader, fingerprint: str) -> ApiKey | None:
    """The key with this fingerprint, unless it was revoked."""
    row = await reader.fetch_one(SELECT, {"fingerprint": fingerprint})
    if row is None:
        return None
    return ApiKey(row["id"], row["account_id"], bool(row["livemode"]), row["fingerprint"], row["scopes"].split())


async def insert(tx: Transaction, key: ApiKey, *, last4: str, created_at: int) -> None:
    """Add a key; `last4` lets people tell their keys apart."""
    await tx.execute(
        INSERT,
        {
            "id": key.id,
            "account_id": key.account_id,
            "livemode": key.livemode,
            "fingerprint": key.fingerprint,
            "scopes": " ".join(sorted(key.scopes)),
            "last4": last4,
            "created_at": created_at,
        },
    )
