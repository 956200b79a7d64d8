"""What SDKs report is added up by account; what was counted without is left to the version before."""

from molam_gateway.storage.migrations.statements import run

revision = "0015"
down_revision = "0014"

REPORTS = """
CREATE TABLE sdk_account_reports (
    day BIGINT NOT NULL,
    account_id {id} NOT NULL REFERENCES accounts (id),
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
    PRIMARY KEY (day, account_id, version)
)
"""
OF_ACCOUNT = "CREATE INDEX sdk_account_reports_of_account ON sdk_account_reports (account_id, day)"


def upgrade() -> None:
    """Make the table and its index."""
    run(REPORTS, OF_ACCOUNT)
