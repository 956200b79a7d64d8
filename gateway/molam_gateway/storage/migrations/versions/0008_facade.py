"""Finds what belongs to one payment."""

from molam_gateway.storage.migrations.statements import run

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Index refunds and attempts by their payment."""
    run(
        "CREATE INDEX refunds_of_intent ON refunds (payment_intent)",
        "CREATE INDEX attempts_of_intent ON attempts (payment_intent)",
    )
