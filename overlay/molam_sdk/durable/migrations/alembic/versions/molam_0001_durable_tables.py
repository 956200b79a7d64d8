"""Makes the tables of molam_sdk.durable.

Revision ID: molam_0001
"""

from typing import Never

from alembic import op

from molam_sdk.durable import migrations
from molam_sdk.errors import ConfigurationError

revision = "molam_0001"
down_revision = None
branch_labels = ("molam",)
depends_on = None


def upgrade() -> None:
    """Run the SQL file of the database."""
    migrations.upgrade(op, 1)


def __getattr__(name: str) -> Never:
    """Refuse to go back: a payment may be in flight whose only record is in these tables.

    Alembic asks each revision for its `downgrade` before it takes the first one back. In that function it would be too
    late for the others where DDL has no transactions.
    """
    if name == "downgrade":
        raise ConfigurationError("the durable tables hold payments in flight; drop them by hand if you are sure")
    raise AttributeError(name)
