"""Balances are kept beside the journal: what of it was added up already, and what was not yet.

Nothing is added up here, so that the migration takes no longer with a long journal: the job that folds does it.
"""

from molam_gateway.storage.migrations.statements import run

revision = "0016"
down_revision = "0015"

BALANCES = """
CREATE TABLE balances (
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    currency TEXT NOT NULL,
    ledger_account TEXT NOT NULL,
    high BIGINT NOT NULL,
    low BIGINT NOT NULL,
    PRIMARY KEY (account_id, livemode, currency, ledger_account)
)
"""


def upgrade() -> None:
    """Add the table and the mark; an index of what is not added up takes the place of one of everything."""
    run(
        BALANCES,
        "ALTER TABLE journal ADD COLUMN folded BOOLEAN NOT NULL DEFAULT FALSE",
        "DROP INDEX journal_of_account",
        """
        CREATE INDEX journal_tail ON journal (account_id, livemode, currency, ledger_account, amount)
        WHERE NOT folded
        """,
    )
