"""The webhook_endpoints table with the signing secrets of each endpoint."""

from dataclasses import dataclass

from ..domain.endpoint_health import Failing
from ..domain.webhook_endpoints import Endpoint
from .port import Reader, Row, Transaction
from .tables import Table

SELECT_RECEIVING = """
SELECT * FROM webhook_endpoints
WHERE account_id = :account_id AND livemode = :livemode AND (status = 'enabled' OR status_reason IS NOT NULL)
ORDER BY id
"""
SELECT_FAILING = "SELECT failing_since, failed_at FROM webhook_endpoints WHERE id = :id"
WRITE_FAILING = "UPDATE webhook_endpoints SET failing_since = :since, failed_at = :last WHERE id = :id"
CLEAR_FAILING = """
UPDATE webhook_endpoints SET failing_since = NULL, failed_at = NULL WHERE id = :id AND failing_since IS NOT NULL
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


TABLE = Table("webhook_endpoints", Endpoint, json=("enabled_events", "retry_schedule"))


async def receiving(reader: Reader, *, account_id: str, livemode: bool) -> list[Row]:
    """The rows of the endpoints that events are meant for, each to be read with `TABLE.read`.

    Beside the enabled ones these are those that the gateway disabled, whose events are kept for a redrive.
    """
    return await reader.fetch_all(SELECT_RECEIVING, {"account_id": account_id, "livemode": livemode})


async def failing(tx: Transaction, endpoint_id: str) -> Failing | None:
    """Since when an endpoint fails, None while it does not; the row is locked until the transaction ends."""
    row = await tx.fetch_one(SELECT_FAILING + tx.for_update, {"id": endpoint_id})
    if row is None or row["failing_since"] is None:
        return None
    return Failing(row["failing_since"], row["failed_at"])


async def write_failing(tx: Transaction, endpoint_id: str, failing: Failing) -> None:
    """Write down that an endpoint fails."""
    await tx.execute(WRITE_FAILING, {"id": endpoint_id, "since": failing.since, "last": failing.last})


async def clear_failing(tx: Transaction, endpoint_id: str) -> None:
    """Forget an endpoint's failures: it took an event, or was enabled again."""
    await tx.execute(CLEAR_FAILING, {"id": endpoint_id})


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
