"""Accounts, API keys, webhook endpoints and deliveries, and the sandbox's clock and faults."""

from molam_gateway.storage.migrations.statements import run

revision = "0002"
down_revision = "0001"

ACCOUNTS = """
CREATE TABLE accounts (
    id {id} PRIMARY KEY,
    molam_id TEXT NOT NULL,
    home_region TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    webhook_secret TEXT,
    created_at BIGINT NOT NULL
)
"""
API_KEYS = """
CREATE TABLE api_keys (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    livemode BOOLEAN NOT NULL,
    fingerprint TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    last4 TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
)
"""
WEBHOOK_ENDPOINTS = """
CREATE TABLE webhook_endpoints (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    livemode BOOLEAN NOT NULL,
    url TEXT NOT NULL,
    enabled_events TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
    kid BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sequence BIGINT NOT NULL
)
"""
WEBHOOK_SECRETS = """
CREATE TABLE webhook_secrets (
    endpoint_id {id} NOT NULL REFERENCES webhook_endpoints (id),
    kid BIGINT NOT NULL,
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (endpoint_id, kid)
)
"""
WEBHOOK_DELIVERIES = """
CREATE TABLE webhook_deliveries (
    id {id} PRIMARY KEY,
    event_id {id} NOT NULL REFERENCES events (id),
    endpoint_id {id} NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'retrying', 'delivered', 'dead_letter', 'canceled')),
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT,
    lease_token TEXT,
    lease_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (event_id, endpoint_id)
)
"""
WEBHOOK_ATTEMPTS = """
CREATE TABLE webhook_attempts (
    delivery_id {id} NOT NULL REFERENCES webhook_deliveries (id),
    number BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status_code BIGINT,
    error TEXT,
    excerpt TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
)
"""
SANDBOX_FAULTS = """
CREATE TABLE sandbox_faults (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL,
    kind TEXT NOT NULL,
    operation_id TEXT,
    times BIGINT NOT NULL,
    remaining BIGINT NOT NULL CHECK (remaining >= 0),
    delay_ms BIGINT,
    created_at BIGINT NOT NULL
)
"""
SANDBOX_CLOCK = "CREATE TABLE sandbox_clock (id BIGINT PRIMARY KEY, offset_ms BIGINT NOT NULL)"
INDEXES = (
    "CREATE INDEX webhook_endpoints_page ON webhook_endpoints (account_id, livemode, id)",
    """
    CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at)
    WHERE status IN ('pending', 'retrying')
    """,
    "CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, id)",
    "CREATE INDEX sandbox_faults_armed ON sandbox_faults (account_id, id) WHERE remaining > 0",
)


def upgrade() -> None:
    """Create the tables around the core."""
    run(
        ACCOUNTS,
        API_KEYS,
        WEBHOOK_ENDPOINTS,
        WEBHOOK_SECRETS,
        WEBHOOK_DELIVERIES,
        WEBHOOK_ATTEMPTS,
        SANDBOX_FAULTS,
        SANDBOX_CLOCK,
        *INDEXES,
    )
