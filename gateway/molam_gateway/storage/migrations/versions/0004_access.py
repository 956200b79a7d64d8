"""Signing keys, refresh tokens and revoked tokens; API keys with a name and an end."""

from molam_gateway.storage.migrations.statements import run

revision = "0004"
down_revision = "0003"

SIGNING_KEYS = """
CREATE TABLE signing_keys (
    kid {id} PRIMARY KEY,
    private_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
)
"""
REFRESH_TOKENS = """
CREATE TABLE refresh_tokens (
    id {id} PRIMARY KEY,
    family {id} NOT NULL,
    fingerprint TEXT NOT NULL UNIQUE,
    account_id {id} NOT NULL REFERENCES accounts (id),
    livemode BOOLEAN NOT NULL,
    key_id {id} NOT NULL REFERENCES api_keys (id),
    scopes TEXT NOT NULL,
    subject TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
)
"""
REVOKED_TOKENS = """
CREATE TABLE revoked_tokens (
    token_id {id} PRIMARY KEY,
    expires_at BIGINT NOT NULL
)
"""


def upgrade() -> None:
    """Make the tables."""
    run(SIGNING_KEYS, REFRESH_TOKENS, REVOKED_TOKENS)
    run("CREATE INDEX refresh_tokens_family ON refresh_tokens (family)")
    run("CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at)")
    run("CREATE INDEX revoked_tokens_expiry ON revoked_tokens (expires_at)")
    run("ALTER TABLE api_keys ADD COLUMN name TEXT")
    run("ALTER TABLE api_keys ADD COLUMN expires_at BIGINT")
