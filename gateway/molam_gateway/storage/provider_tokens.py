"""The provider_tokens table: access tokens (encrypted) that all processes share, renewed under a lease."""

from dataclasses import dataclass, field

from .port import Reader, Transaction

SELECT = "SELECT token, renew_at FROM provider_tokens WHERE owner = :owner"
ENSURE = """
INSERT INTO provider_tokens (owner, token, renew_at, lease_token, lease_until) VALUES (:owner, NULL, 0, NULL, 0)
ON CONFLICT (owner) DO NOTHING
"""
LEASE = """
UPDATE provider_tokens SET lease_token = :lease_token, lease_until = :lease_until
WHERE owner = :owner AND lease_until <= :real_now
"""
REPLACE = """
UPDATE provider_tokens SET token = :token, renew_at = :renew_at, lease_token = NULL, lease_until = 0
WHERE owner = :owner AND lease_token = :lease_token
"""
RELEASE = """
UPDATE provider_tokens SET lease_token = NULL, lease_until = 0 WHERE owner = :owner AND lease_token = :lease_token
"""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is kept; `renew_at` is in milliseconds."""

    token: str = field(repr=False)
    renew_at: int


async def find(reader: Reader, owner: str) -> TokenRow | None:
    """The present token."""
    row = await reader.fetch_one(SELECT, {"owner": owner})
    return None if row is None or row["token"] is None else TokenRow(row["token"], row["renew_at"])


async def take_lease(tx: Transaction, owner: str, *, token: str, until: int, real_now: int) -> bool:
    """Become the one who renews, unless somebody else is."""
    await tx.execute(ENSURE, {"owner": owner})
    taken = await tx.execute(LEASE, {"owner": owner, "lease_token": token, "lease_until": until, "real_now": real_now})
    return bool(taken)


async def replace(tx: Transaction, owner: str, row: TokenRow, *, lease: str) -> bool:
    """Write a new token and give the lease back; False if the lease was lost meanwhile."""
    written = await tx.execute(
        REPLACE, {"owner": owner, "token": row.token, "renew_at": row.renew_at, "lease_token": lease}
    )
    return bool(written)


async def release(tx: Transaction, owner: str, *, lease: str) -> None:
    """Give the lease back without a token."""
    await tx.execute(RELEASE, {"owner": owner, "lease_token": lease})
