"""The admin_sessions and admin_links tables: who is signed in to the dashboard, by fingerprints of what they hold."""

from dataclasses import dataclass

from .port import Parameters, Reader, Transaction

INSERT = """
INSERT INTO admin_sessions (fingerprint, account_id, livemode, key_id, created_at, seen_at)
VALUES (:fingerprint, :account_id, :livemode, :key_id, :now, :now)
"""
SELECT = """
SELECT s.fingerprint, s.account_id, s.livemode, s.key_id, s.created_at, s.seen_at, k.scopes, k.last4, k.name
FROM admin_sessions s JOIN api_keys k ON k.id = s.key_id
WHERE s.fingerprint = :fingerprint AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > :now)
"""
TOUCH = "UPDATE admin_sessions SET seen_at = :now WHERE fingerprint = :fingerprint AND seen_at < :now"
DELETE = "DELETE FROM admin_sessions WHERE fingerprint = :fingerprint"
PURGE = "DELETE FROM admin_sessions WHERE created_at <= :created_before OR seen_at <= :seen_before"
INSERT_LINK = """
INSERT INTO admin_links (fingerprint, key_id, expires_at) VALUES (:fingerprint, :key_id, :expires_at)
"""
SELECT_LINK = "SELECT key_id FROM admin_links WHERE fingerprint = :fingerprint AND expires_at > :now"
DELETE_LINK = "DELETE FROM admin_links WHERE fingerprint = :fingerprint AND expires_at > :now"
PURGE_LINKS = "DELETE FROM admin_links WHERE expires_at <= :now"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Somebody who is signed in with an API key that is in force; `scopes` are the key's now."""

    fingerprint: str
    account_id: str
    livemode: bool
    key_id: str
    created_at: int
    seen_at: int
    scopes: str
    last4: str
    name: str | None


async def insert(tx: Transaction, fingerprint: str, *, account_id: str, livemode: bool, key_id: str, now: int) -> None:
    """Begin a session."""
    values: Parameters = {
        "fingerprint": fingerprint,
        "account_id": account_id,
        "livemode": livemode,
        "key_id": key_id,
        "now": now,
    }
    await tx.execute(INSERT, values)


async def find(reader: Reader, fingerprint: str, now: int) -> SessionRow | None:
    """The session, unless its API key has ended."""
    row = await reader.fetch_one(SELECT, {"fingerprint": fingerprint, "now": now})
    return None if row is None else SessionRow(**dict(row, livemode=bool(row["livemode"])))


async def touch(tx: Transaction, fingerprint: str, now: int) -> None:
    """Note that a session is in use."""
    await tx.execute(TOUCH, {"fingerprint": fingerprint, "now": now})


async def delete(tx: Transaction, fingerprint: str) -> None:
    """End a session."""
    await tx.execute(DELETE, {"fingerprint": fingerprint})


async def purge(tx: Transaction, *, created_before: int, seen_before: int, now: int) -> None:
    """Forget sessions and links that have ended."""
    await tx.execute(PURGE, {"created_before": created_before, "seen_before": seen_before})
    await tx.execute(PURGE_LINKS, {"now": now})


async def insert_link(tx: Transaction, fingerprint: str, key_id: str, expires_at: int) -> None:
    """Add a link that signs in for an API key, once."""
    await tx.execute(INSERT_LINK, {"fingerprint": fingerprint, "key_id": key_id, "expires_at": expires_at})


async def take_link(tx: Transaction, fingerprint: str, now: int) -> str | None:
    """The API key of a link, which is used up; None if it was, has expired or never was. One of many takers gets it."""
    row = await tx.fetch_one(SELECT_LINK, {"fingerprint": fingerprint, "now": now})
    taken = await tx.execute(DELETE_LINK, {"fingerprint": fingerprint, "now": now})
    return str(row["key_id"]) if row is not None and taken else None
