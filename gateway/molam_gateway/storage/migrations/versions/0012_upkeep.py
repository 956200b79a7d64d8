"""Finds idempotency keys that nobody runs without reading those that are answered."""

from molam_gateway.storage.migrations.statements import run

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Index the unfinished keys, and of the others only what expires."""
    run(
        "CREATE INDEX idempotency_keys_unfinished ON idempotency_keys (lease_until) WHERE status IS NULL",
        "DROP INDEX idempotency_keys_expiry",
        "CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at) WHERE expires_at IS NOT NULL",
    )
