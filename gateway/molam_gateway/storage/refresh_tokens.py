"""The refresh_tokens table: by fingerprint; each is used once, and all that follow from one login are a family."""

from dataclasses import dataclass

from .port import Transaction

INSERT = """
INSERT INTO refresh_tokens (id, family, fingerprint, account_id, livemode, key_id, scopes, subject, created_at,
    expires_at)
VALUES (:id, :family, :fingerprint, :account_id, :livemode, :key_id, :scopes, :subject, :created_at, :expires_at)
"""
SELECT = """
SELECT id, family, fingerprint, account_id, livemode, key_id, scopes, subject, expires_at, used_at, revoked_at
FROM refresh_tokens WHERE fingerprint = :fingerprint
"""
LOCK_FAMILY = "SELECT id FROM refresh_tokens WHERE family = :family ORDER BY created_at, id LIMIT 1"
SELECT_FOLLOWED = """
SELECT id FROM refresh_tokens
WHERE family = :family AND id > :id AND created_at >= :used_at AND used_at IS NOT NULL LIMIT 1
"""
SELECT_MADE_SINCE = "SELECT id FROM refresh_tokens WHERE family = :family AND created_at > :since"
USE = "UPDATE refresh_tokens SET used_at = :now WHERE id = :id AND used_at IS NULL"
REVOKE_FAMILY = "UPDATE refresh_tokens SET revoked_at = :now WHERE family = :family AND revoked_at IS NULL"
PURGE = "DELETE FROM refresh_tokens WHERE expires_at <= :now"


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What a refresh token may be exchanged for; times are milliseconds of unix time."""

    id: str
    family: str
    fingerprint: str
    account_id: str
    livemode: bool
    key_id: str
    scopes: str
    subject: str | None
    expires_at: int
    used_at: int | None = None
    revoked_at: int | None = None


async def insert(tx: Transaction, token: RefreshToken, *, created_at: int) -> None:
    """Add a token."""
    await tx.execute(
        INSERT,
        {
            "id": token.id,
            "family": token.family,
            "fingerprint": token.fingerprint,
            "account_id": token.account_id,
            "livemode": token.livemode,
            "key_id": token.key_id,
            "scopes": token.scopes,
            "subject": token.subject,
            "created_at": created_at,
            "expires_at": token.expires_at,
        },
    )


async def lock(tx: Transaction, fingerprint: str) -> RefreshToken | None:
    """The token with this fingerprint; its family is locked, so that none is added while another ends it."""
    row = await tx.fetch_one(SELECT, {"fingerprint": fingerprint})
    if row is None:
        return None
    await tx.fetch_one(LOCK_FAMILY + tx.for_update, {"family": row["family"]})
    row = await tx.fetch_one(SELECT, {"fingerprint": fingerprint})
    return None if row is None else RefreshToken(**dict(row, livemode=bool(row["livemode"])))


async def followed(tx: Transaction, token: RefreshToken) -> bool:
    """Whether what a used token was exchanged for has been used itself."""
    given = {"family": token.family, "id": token.id, "used_at": token.used_at}
    return await tx.fetch_one(SELECT_FOLLOWED, given) is not None


async def made_since(tx: Transaction, family: str, since: int) -> list[str]:
    """The ids of a login's tokens that were made later than this."""
    return [row["id"] for row in await tx.fetch_all(SELECT_MADE_SINCE, {"family": family, "since": since})]


async def use(tx: Transaction, id: str, now: int) -> None:
    """Remember when a token was first exchanged."""
    await tx.execute(USE, {"id": id, "now": now})


async def revoke_family(tx: Transaction, family: str, now: int) -> None:
    """Make every token of a login worthless."""
    await tx.execute(REVOKE_FAMILY, {"family": family, "now": now})


async def purge(tx: Transaction, now: int) -> None:
    """Forget what has expired."""
    await tx.execute(PURGE, {"now": now})
