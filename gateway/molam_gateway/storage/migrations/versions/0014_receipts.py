"""References that customers type, and each receipt of money that came in, once."""

from molam_gateway.storage.migrations.statements import run

revision = "0014"
down_revision = "0013"

RECEIPTS = """
CREATE TABLE money_receipts (
    configuration {id} NOT NULL,
    receipt TEXT NOT NULL,
    owner {id} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (configuration, receipt)
)
"""
COLLECTED = """
INSERT INTO money_receipts (configuration, receipt, owner, created_at)
SELECT configuration, transaction_id, MIN(id), MIN(updated_at) FROM attempts
WHERE kind IN ('charge', 'capture') AND state = 'succeeded' AND provider = 'mpesa'
    AND configuration IS NOT NULL AND transaction_id IS NOT NULL
    AND transaction_id <> provider_reference AND (handle IS NULL OR transaction_id <> handle)
GROUP BY configuration, transaction_id
"""
SUSPENDED = """
INSERT INTO money_receipts (configuration, receipt, owner, created_at)
SELECT a.configuration, c.transaction_id, MIN(a.id), MIN(c.created_at)
FROM operator_cases c JOIN attempts a ON a.id = c.attempt
WHERE c.posted = 'anomaly' AND a.provider = 'mpesa' AND a.configuration IS NOT NULL AND c.transaction_id IS NOT NULL
GROUP BY a.configuration, c.transaction_id
ON CONFLICT (configuration, receipt) DO NOTHING
"""
UNMATCHED = """
INSERT INTO money_receipts (configuration, receipt, owner, created_at)
SELECT m.configuration, c.transaction_id, MIN(m.id), MIN(c.created_at)
FROM operator_cases c JOIN provider_messages m ON m.id = c.subject
WHERE c.posted = 'received_unmatched' AND c.transaction_id IS NOT NULL
GROUP BY m.configuration, c.transaction_id
ON CONFLICT (configuration, receipt) DO NOTHING
"""


def upgrade() -> None:
    """Add column, index and table, and fill the table from the attempts and the cases."""
    run(
        "ALTER TABLE attempts ADD COLUMN account_reference TEXT",
        """
        CREATE UNIQUE INDEX attempts_of_account_reference ON attempts (account_reference)
        WHERE account_reference IS NOT NULL
        """,
        RECEIPTS,
        COLLECTED,
        SUSPENDED,
        UNMATCHED,
    )
