"""Accounts at providers with their callback tokens, what providers tell by themselves, and cases for people to decide.

The anomalies become cases.
"""

from molam_gateway.storage.migrations.statements import run

revision = "0006"
down_revision = "0005"

CONFIGURATIONS = """
CREATE TABLE provider_configurations (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    livemode BOOLEAN NOT NULL,
    provider TEXT NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test', 'simulator')),
    identity TEXT NOT NULL,
    settings TEXT NOT NULL,
    secrets TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    seeded BOOLEAN NOT NULL,
    superseded_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    UNIQUE (account_id, livemode, provider, environment, identity)
)
"""
TOKENS = """
CREATE TABLE provider_callback_tokens (
    fingerprint TEXT PRIMARY KEY,
    configuration_id {id} NOT NULL REFERENCES provider_configurations (id),
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
)
"""
MESSAGES = """
CREATE TABLE provider_messages (
    id {id} PRIMARY KEY,
    configuration {id} NOT NULL,
    account_id {id} NOT NULL,
    livemode BOOLEAN NOT NULL,
    provider TEXT NOT NULL,
    key TEXT NOT NULL,
    attempt {id},
    kind TEXT,
    body TEXT NOT NULL,
    verdict TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('received', 'done', 'orphan')),
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    UNIQUE (configuration, key)
)
"""
FORGERIES = """
CREATE TABLE provider_forgeries (
    provider TEXT NOT NULL,
    day BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    last_hash TEXT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (provider, day)
)
"""
CASES = """
CREATE TABLE operator_cases (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL,
    livemode BOOLEAN NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('contradiction', 'parked', 'unmatched_money', 'orphan')),
    subject {id} NOT NULL,
    provider TEXT NOT NULL,
    payment_intent {id},
    detail TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'resolved')),
    resolution TEXT,
    evidence TEXT,
    resolved_by TEXT,
    resolved_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    UNIQUE (kind, subject)
)
"""
ANOMALIES = """
INSERT INTO operator_cases (id, account_id, livemode, kind, subject, provider, payment_intent, detail, status,
    created_at, updated_at, sequence)
SELECT anomalies.id, anomalies.account_id, anomalies.livemode, 'contradiction', anomalies.attempt, attempts.provider,
    anomalies.payment_intent, anomalies.detail, 'open', anomalies.created_at, anomalies.created_at, 1
FROM anomalies JOIN attempts ON attempts.id = anomalies.attempt
"""
CHANGES = (
    "ALTER TABLE attempts ADD COLUMN configuration {id}",
    "ALTER TABLE attempts ADD COLUMN handle TEXT",
    "ALTER TABLE attempts ADD COLUMN failure_code TEXT",
    "DROP INDEX attempts_one_open",
    """
    CREATE UNIQUE INDEX attempts_one_open ON attempts (subject, slot)
    WHERE state IN ('sending', 'unsent', 'pending', 'unknown')
    """,
    "CREATE INDEX attempts_of_handle ON attempts (handle, provider) WHERE handle IS NOT NULL",
    """
    CREATE UNIQUE INDEX provider_configurations_current ON provider_configurations (account_id, livemode, provider)
    WHERE superseded_at IS NULL
    """,
    "CREATE INDEX provider_configurations_of_provider ON provider_configurations (provider, livemode, updated_at)",
    "CREATE INDEX provider_callback_tokens_of_configuration ON provider_callback_tokens (configuration_id)",
    "CREATE INDEX operator_cases_page ON operator_cases (account_id, livemode, id)",
    "CREATE INDEX operator_cases_open ON operator_cases (id) WHERE status = 'open'",
)


def upgrade() -> None:
    """Create the tables around providers; open attempts may be unsent."""
    run(CONFIGURATIONS, TOKENS, MESSAGES, FORGERIES, CASES, ANOMALIES, "DROP TABLE anomalies", *CHANGES)
