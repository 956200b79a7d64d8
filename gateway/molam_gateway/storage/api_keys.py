"""The api_keys table: credentials by their fingerprints, never the keys themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from .port import Reader, Row, Transaction

SELECT = """
SELECT id, account_id, livemode, fingerprint, scopes FROM api_keys
WHERE fingerprint = :fingerprint AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
"""
SELECT_BY_ID = """
SELECT id, account_id, livemode, fingerprint, scopes FROM api_keys
WHERE id = :id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
"""
SELECT_MODES = "SELECT DISTINCT livemode FROM api_keys"
EXISTS = "SELECT id FROM api_keys WHERE fingerprint = :fingerprint"
_RECORD = "SELECT id, account_id, livemode, scopes, last4, name, created_at, expires_at, revoked_at FROM api_keys"
SELECT_EVERY = f"{_RECORD} ORDER BY id"
SELECT_ACCOUNTS = f"{_RECORD} WHERE account_id = :account_id ORDER BY id"
SELECT_RECORD = f"{_RECORD} WHERE id = :id"
INSERT = """
INSERT INTO api_keys (id, account_id, livemode, fingerprint, scopes, last4, name, created_at, expires_at)
VALUES (:id, :account_id, :livemode, :fingerprint, :scopes, :last4, :name, :created_at, :expires_at)
"""
REVOKE = "UPDATE api_keys SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL"
EXPIRE = """
UPDATE api_keys SET expires_at = :expires_at
WHERE id = :id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :expires_at)
"""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that is in force."""

    id: str
    account_id: str
    livemode: bool
    fingerprint: str
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as people see it, in force or not; times are milliseconds of unix time."""

    id: str
    account_id: str
    livemode: bool
    scopes: Sequence[str]
    last4: str
    name: str | None
    created_at: int
    expires_at: int | None
    revoked_at: int | None
    sequence: int = 1

    def ended(self, now: int) -> str | None:
        """How it ended, None while it is in force."""
        if self.revoked_at is not None:
            return "been revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else None


async def find(reader: Reader, fingerprint: str, now: int) -> ApiKey | None:
    """The key with this fingerprint, unless it was revoked or has expired."""
    return _read(await reader.fetch_one(SELECT, {"fingerprint": fingerprint, "now": now}))


async def find_by_id(reader: Reader, id: str, now: int) -> ApiKey | None:
    """The key of this id, unless it was revoked or has expired."""
    return _read(await reader.fetch_one(SELECT_BY_ID, {"id": id, "now": now}))


async def exists(reader: Reader, fingerprint: str) -> bool:
    """Whether there is or was a key with this fingerprint."""
    return await reader.fetch_one(EXISTS, {"fingerprint": fingerprint}) is not None


async def modes(reader: Reader) -> frozenset[bool]:
    """The modes that there are keys of, in force or not."""
    return frozenset(bool(row["livemode"]) for row in await reader.fetch_all(SELECT_MODES, {}))


async def every(reader: Reader, account_id: str | None = None) -> list[KeyRecord]:
    """The keys of one account or of all, those without force too."""
    statement, parameters = (SELECT_EVERY, {}) if account_id is None else (SELECT_ACCOUNTS, {"account_id": account_id})
    return [_record(row) for row in await reader.fetch_all(statement, parameters)]


async def lock(tx: Transaction, id: str) -> KeyRecord | None:
    """A key, in force or not, locked."""
    row = await tx.fetch_one(SELECT_RECORD + tx.for_update, {"id": id})
    return None if row is None else _record(row)


async def insert(
    tx: Transaction,
    key: ApiKey,
    *,
    last4: str,
    created_at: int,
    name: str | None = None,
    expires_at: int | None = None,
) -> None:
    """Add a key; `last4` and `name` let people tell their keys apart."""
    await tx.execute(
        INSERT,
        {
            "id": key.id,
            "account_id": key.account_id,
            "livemode": key.livemode,
            "fingerprint": key.fingerprint,
            "scopes": " ".join(sorted(key.scopes)),
            "last4": last4,
            "name": name,
            "created_at": created_at,
            "expires_at": expires_at,
        },
    )


async def revoke(tx: Transaction, id: str, now: int) -> bool:
    """End a key now; False if there is none in force."""
    return bool(await tx.execute(REVOKE, {"id": id, "now": now}))


async def expire(tx: Transaction, id: str, expires_at: int) -> bool:
    """Let a key end at a moment, unless it ends earlier; False if there is none in force until then."""
    return bool(await tx.execute(EXPIRE, {"id": id, "expires_at": expires_at}))


def _read(row: Row | None) -> ApiKey | None:
    if row is None:
        return None
    return ApiKey(row["id"], row["account_id"], bool(row["livemode"]), row["fingerprint"], row["scopes"].split())


def _record(row: Row) -> KeyRecord:
    return KeyRecord(**dict(row, livemode=bool(row["livemode"]), scopes=tuple(row["scopes"].split())))
