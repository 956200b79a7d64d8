"""Balances are kept beside the journal: what of it was added up already, and what was not yet.

Nothing is added up here: the job that folds does it. The index is built from all of the journal, which takes longer
with a long one; on PostgreSQL payments go on meanwhile, and a run that was interrupted is taken up again.
"""

from molam_gateway.storage.migrations.statements import has_rows, replace_index, run

revision = "0016"
down_revision = "0015"

BALANCES = """
CREATE TABLE {absent} balances (
    account_id TEXT NOT NULL,
    livemode BOOLEAN NOT NULL,
    currency TEXT NOT NULL,
    ledger_account TEXT NOT NULL,
    high BIGINT NOT NULL,
    low BIGINT NOT NULL,
    PRIMARY KEY (account_id, livemode, currency, ledger_account)
)
"""
FOLDED = "ALTER TABLE journal ADD COLUMN {absent} folded BOOLEAN NOT NULL DEFAULT FALSE"
TAIL = "journal (account_id, livemode, currency, ledger_account, amount) WHERE NOT folded"


def upgrade() -> None:
    """Add the table and the mark; an index of what is not added up takes the place of one of everything."""
    run(BALANCES, FOLDED)
    replace_index("journal_of_account", "journal_tail", TAIL, concurrently=has_rows("journal"))
