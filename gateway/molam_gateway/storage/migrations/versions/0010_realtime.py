"""Puts events into one order per account, for those who follow them, and lets browsers in by tickets."""

from molam_gateway.storage.migrations.statements import run

revision = "0010"
down_revision = "0009"

FEED_POSITION = """
CREATE TABLE feed_position (
    id INTEGER PRIMARY KEY,
    position BIGINT NOT NULL
)
"""
FEED_ACCOUNTS = """
CREATE TABLE feed_accounts (
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    seq BIGINT NOT NULL,
    forgotten BIGINT NOT NULL,
    PRIMARY KEY (account_id, livemode)
)
"""
TICKETS = """
CREATE TABLE realtime_tickets (
    fingerprint TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    key_id {id} NOT NULL,
    scopes TEXT NOT NULL,
    token_id {id},
    subject TEXT,
    authority_ends_at BIGINT,
    expires_at BIGINT NOT NULL
)
"""


def upgrade() -> None:
    """Add the order to events, its counters, and the tickets."""
    run(
        FEED_POSITION,
        FEED_ACCOUNTS,
        TICKETS,
        "CREATE INDEX realtime_tickets_expired ON realtime_tickets (expires_at)",
        "ALTER TABLE events ADD COLUMN transaction_id TEXT",
        "ALTER TABLE events ADD COLUMN customer_id TEXT",
        "ALTER TABLE events ADD COLUMN position BIGINT",
        "ALTER TABLE events ADD COLUMN seq BIGINT",
        "CREATE INDEX events_without_position ON events (id) WHERE position IS NULL",
        "CREATE UNIQUE INDEX events_by_position ON events (position) WHERE position IS NOT NULL",
        "CREATE UNIQUE INDEX events_by_seq ON events (account_id, livemode, seq) WHERE position IS NOT NULL",
        "CREATE INDEX events_of_transaction ON events (transaction_id, seq)"
        " WHERE position IS NOT NULL AND transaction_id IS NOT NULL",
        "CREATE INDEX events_of_customer ON events (account_id, livemode, customer_id, seq)"
        " WHERE position IS NOT NULL AND customer_id IS NOT NULL",
        "CREATE INDEX intents_of_customer ON payment_intents (account_id, livemode, customer_id, id)"
        " WHERE customer_id IS NOT NULL",
    )
