"""The dashboard's sessions and sign-in links, SDK reports, and payments by customer."""

from molam_gateway.storage.migrations.statements import run

revision = "0011"
down_revision = "0010"

SESSIONS = """
CREATE TABLE admin_sessions (
    fingerprint TEXT PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    livemode BOOLEAN NOT NULL,
    key_id {id} NOT NULL REFERENCES api_keys (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
)
"""
LINKS = """
CREATE TABLE admin_links (
    fingerprint TEXT PRIMARY KEY,
    key_id {id} NOT NULL REFERENCES api_keys (id),
    expires_at BIGINT NOT NULL
)
"""
REPORTS = """
CREATE TABLE sdk_reports (
    day BIGINT NOT NULL,
    version {id} NOT NULL,
    calls BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    unanswered BIGINT NOT NULL,
    repetitions BIGINT NOT NULL,
    total_ms BIGINT NOT NULL,
    within_100 BIGINT NOT NULL,
    within_300 BIGINT NOT NULL,
    within_1000 BIGINT NOT NULL,
    within_3000 BIGINT NOT NULL,
    PRIMARY KEY (day, version)
)
"""
BY_CUSTOMER = """
CREATE INDEX payment_intents_of_customer ON payment_intents (account_id, livemode, customer_id, id)
WHERE customer_id IS NOT NULL
"""


def upgrade() -> None:
    """Make the tables and the index."""
    run(SESSIONS, LINKS, REPORTS, BY_CUSTOMER)
