"""What endpoints and deliveries need to be listed, redriven, tuned, disabled and forgotten."""

from molam_gateway.storage.migrations.statements import run

revision = "0005"
down_revision = "0004"

ENDPOINTS = (
    "ALTER TABLE webhook_endpoints ADD COLUMN status_reason TEXT",
    "ALTER TABLE webhook_endpoints ADD COLUMN retry_schedule TEXT",
    "ALTER TABLE webhook_endpoints ADD COLUMN max_concurrency BIGINT",
    "ALTER TABLE webhook_endpoints ADD COLUMN failing_since BIGINT",
    "ALTER TABLE webhook_endpoints ADD COLUMN failed_at BIGINT",
)
DELIVERIES = (
    "ALTER TABLE webhook_deliveries ADD COLUMN account_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE webhook_deliveries ADD COLUMN livemode BOOLEAN NOT NULL DEFAULT FALSE",
    "ALTER TABLE webhook_deliveries ADD COLUMN event_type TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE webhook_deliveries ADD COLUMN redriven_after BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE webhook_deliveries ADD COLUMN sequence BIGINT NOT NULL DEFAULT 1",
    """
    UPDATE webhook_deliveries SET
        account_id = (SELECT e.account_id FROM events e WHERE e.id = webhook_deliveries.event_id),
        livemode = (SELECT e.livemode FROM events e WHERE e.id = webhook_deliveries.event_id),
        event_type = (SELECT e.type FROM events e WHERE e.id = webhook_deliveries.event_id)
    """,
)
INDEXES = (
    "DROP INDEX webhook_deliveries_due",
    """
    CREATE INDEX webhook_deliveries_open ON webhook_deliveries (endpoint_id, next_attempt_at, id)
    WHERE status IN ('pending', 'retrying')
    """,
    "CREATE INDEX webhook_deliveries_page ON webhook_deliveries (account_id, livemode, id)",
    """
    CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (account_id, livemode, id)
    WHERE status = 'dead_letter'
    """,
    """
    CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (updated_at)
    WHERE status IN ('delivered', 'dead_letter', 'canceled')
    """,
)


def upgrade() -> None:
    """Extend the tables of webhooks."""
    run(*ENDPOINTS, *DELIVERIES, *INDEXES)
