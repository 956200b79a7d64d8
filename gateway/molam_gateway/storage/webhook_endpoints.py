"""The webhook_endpoints table with the signing secrets of each endpoint."""

from dataclasses import dataclass

from ..domain.webhook_endpoints import Endpoint
from .port import Reader, Row, Transaction
from .tables import Table

SELECT_ENABLED = """
SELECT * FROM webhook_endpoints
WHERE account_id = :account_id AND livemode = :livemode AND status = 'enabled' ORDER BY id
"""
DELETE = "DELETE FROM webhook_endpoints WHERE id = :id"
DELETE_SIGNING = "DELETE FROM webhook_secrets WHERE endpoint_id = :endpoint_id"
ADD_SIGNING = """
INSERT INTO webhook_secrets (endpoint_id, kid, secret, created_at)
VALUES (:endpoint_id, :kid, :secret, :created_at)
"""
DELETE_REPLACED = "DELETE FROM webhook_secrets WHERE endpoint_id = :endpoint_id AND expires_at IS NOT NULL"
EXPIRE_SIGNING = """
UPDATE webhook_secrets SET expires_at = :expires_at WHERE endpoint_id = :endpoint_id AND expires_at IS NULL
"""
SELECT_SIGNING = """
SELECT kid, secret FROM webhook_secrets
WHERE endpoint_id = :endpoint_id AND (expires_at IS NULL OR expires_at > :now)
ORDER BY kid DESC LIMIT 2
"""


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A signing secret as stored: encrypted."""

    kid: int
    secret: str


TABLE = Table("webhook_endpoints", Endpoint, json=("enabled_events",))


async def enabled(reader: Reader, *, account_id: str, livemode: bool) -> list[Row]:
    """The rows of the endpoints that receive events, each to be read with `TABLE.read`."""
    return await reader.fetch_all(SELECT_ENABLED, {"account_id": account_id, "livemode": livemode})


async def delete(tx: Transaction, endpoint_id: str) -> None:
    """Delete an endpoint with its secrets; its deliveries stay for the record."""
    await tx.execute(DELETE_SIGNING, {"endpoint_id": endpoint_id})
    await tx.execute(DELETE, {"id": endpoint_id})


async def secrets(reader: Reader, endpoint_id: str, now: int) -> list[SecretRow]:
    """The secrets in force, the newest first: two at most."""
    rows = await reader.fetch_all(SELECT_SIGNING, {"endpoint_id": endpoint_id, "now": now})
    return [SecretRow(**row) for row in rows]


async def add_secret(tx: Transaction, endpoint_id: str, secret: SecretRow, *, now: int, overlap_ends: int) -> None:
    """Add the secret that signs from now on; the one before goes on signing beside it until `overlap_ends`.

    Secrets replaced earlier are forgotten, so that no more than two ever sign.
    """
    await tx.execute(DELETE_REPLACED, {"endpoint_id": endpoint_id})
    await tx.execute(EXPIRE_SIGNING, {"endpoint_id": endpoint_id, "expires_at": overlap_ends})
    await tx.execute(
        ADD_SIGNING,
        {"endpoint_id": endpoint_id, "kid": secret.kid, "secret": secret.secret, "created_at": now},
    )
