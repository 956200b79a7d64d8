"""Charges are found by the provider's receipt."""

from molam_gateway.storage.migrations.statements import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the index."""
    run(
        "CREATE INDEX charges_of_receipt ON charges (provider_transaction_id) WHERE provider_transaction_id IS NOT NULL"
    )
