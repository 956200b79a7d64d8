"""Access tokens of providers that every process shares."""

from molam_gateway.storage.migrations.statements import run

revision = "0007"
down_revision = "0006"

PROVIDER_TOKENS = """
CREATE TABLE provider_tokens (
    owner {id} PRIMARY KEY,
    token TEXT,
    renew_at BIGINT NOT NULL,
    lease_token TEXT,
    lease_until BIGINT NOT NULL
)
"""


def upgrade() -> None:
    """Make the table."""
    run(PROVIDER_TOKENS)
