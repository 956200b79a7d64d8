"""Attempts keep the receipt of their money, and cases the money that waits for a decision."""

from molam_gateway.storage.migrations.statements import run

revision = "0013"
down_revision = "0012"

COLUMNS = (
    "ALTER TABLE attempts ADD COLUMN transaction_id TEXT",
    "ALTER TABLE operator_cases ADD COLUMN attempt {id}",
    "ALTER TABLE operator_cases ADD COLUMN amount BIGINT",
    "ALTER TABLE operator_cases ADD COLUMN currency TEXT",
    "ALTER TABLE operator_cases ADD COLUMN posted TEXT",
    "ALTER TABLE operator_cases ADD COLUMN transaction_id TEXT",
)
RECEIPTS = """
UPDATE attempts
SET transaction_id = (SELECT c.provider_transaction_id FROM charges c WHERE c.id = attempts.subject)
WHERE kind IN ('charge', 'capture') AND state = 'succeeded'
"""
OF_ATTEMPTS = "UPDATE operator_cases SET attempt = subject WHERE kind IN ('contradiction', 'parked')"
POSTED = """
UPDATE operator_cases
SET posted = (
        SELECT j.reason FROM journal j
        WHERE j.subject = operator_cases.subject AND j.line = 0
            AND j.reason IN ('anomaly', 'anomaly_outgoing', 'received_unmatched')
    ),
    amount = (
        SELECT ABS(j.amount) FROM journal j
        WHERE j.subject = operator_cases.subject AND j.line = 0
            AND j.reason IN ('anomaly', 'anomaly_outgoing', 'received_unmatched')
    ),
    currency = (
        SELECT j.currency FROM journal j
        WHERE j.subject = operator_cases.subject AND j.line = 0
            AND j.reason IN ('anomaly', 'anomaly_outgoing', 'received_unmatched')
    )
WHERE kind IN ('contradiction', 'unmatched_money')
"""
INDEXES = (
    "CREATE INDEX operator_cases_of_attempt ON operator_cases (attempt) WHERE attempt IS NOT NULL",
    "CREATE INDEX operator_cases_of_intent ON operator_cases (payment_intent) WHERE status = 'open'",
    "CREATE INDEX operator_cases_of_subject ON operator_cases (subject)",
    "CREATE INDEX provider_messages_ended ON provider_messages (updated_at) WHERE state <> 'received'",
)


def upgrade() -> None:
    """Add the columns, and fill them from the charges and the journal."""
    for statement in (*COLUMNS, RECEIPTS, OF_ATTEMPTS, POSTED, *INDEXES):
        run(statement)
