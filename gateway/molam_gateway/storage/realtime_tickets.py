"""The realtime_tickets table: what lets a browser in once, by fingerprint."""

from dataclasses import asdict, dataclass
from typing import Any

from .port import Transaction

INSERT = """
INSERT INTO realtime_tickets (fingerprint, channel, account_id, livemode, key_id, scopes, token_id, subject,
    authority_ends_at, expires_at)
VALUES (:fingerprint, :channel, :account_id, :livemode, :key_id, :scopes, :token_id, :subject, :authority_ends_at,
    :expires_at)
"""
TAKE = """
DELETE FROM realtime_tickets WHERE fingerprint = :fingerprint
RETURNING fingerprint, channel, account_id, livemode, key_id, scopes, token_id, subject, authority_ends_at, expires_at
"""
PURGE = "DELETE FROM realtime_tickets WHERE expires_at <= :now"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket is good for, and the credential that it was made with; times are milliseconds of unix time.

    `authority_ends_at` is when that credential expires, None for an API key.
    """

    fingerprint: str
    channel: str
    account_id: str
    livemode: bool
    key_id: str
    scopes: str
    token_id: str | None
    subject: str | None
    authority_ends_at: int | None
    expires_at: int


async def insert(tx: Transaction, ticket: Ticket) -> None:
    """Add a ticket."""
    await tx.execute(INSERT, asdict(ticket))


async def take(tx: Transaction, fingerprint: str) -> Ticket | None:
    """The ticket with this fingerprint, which is gone with it: of many who take it at once, one gets it."""
    row = await tx.fetch_one(TAKE, {"fingerprint": fingerprint})
    if row is None:
        return None
    members: dict[str, Any] = {**row, "livemode": bool(row["livemode"])}
    return Ticket(**members)


async def purge(tx: Transaction, now: int) -> None:
    """Forget tickets that have expired."""
    await tx.execute(PURGE, {"now": now})
