"""The revoked_tokens table: access tokens that were taken back, until they would have expired anyway."""

from .port import Reader, Row, Transaction

INSERT = """
INSERT INTO revoked_tokens (token_id, expires_at) VALUES (:token_id, :expires_at) ON CONFLICT (token_id) DO NOTHING
"""
SELECT_STANDING = """
SELECT k.id AS key_id, k.scopes, r.token_id AS revoked FROM api_keys k
LEFT JOIN revoked_tokens r ON r.token_id = :token_id
WHERE k.id = :key_id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > :now)
"""
PURGE = "DELETE FROM revoked_tokens WHERE expires_at <= :now"


async def revoke(tx: Transaction, token_id: str, expires_at: int) -> None:
    """Take a token back."""
    await tx.execute(INSERT, {"token_id": token_id, "expires_at": expires_at})


async def scopes_in_force(reader: Reader, *, token_id: str, key_id: str, now: int) -> frozenset[str] | None:
    """What the token's API key may do now; None if the key is no longer in force or the token was taken back."""
    row: Row | None = await reader.fetch_one(SELECT_STANDING, {"token_id": token_id, "key_id": key_id, "now": now})
    return None if row is None or row["revoked"] is not None else frozenset(row["scopes"].split())


async def purge(tx: Transaction, now: int) -> None:
    """Forget tokens that have expired."""
    await tx.execute(PURGE, {"now": now})
