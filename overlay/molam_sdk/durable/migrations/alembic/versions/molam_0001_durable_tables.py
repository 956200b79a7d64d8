"""Makes the tables of molam_sdk.durable.

Revision ID: molam_0001
"""

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


def downgrade() -> None:
    """Refuse: a payment may be in flight whose only record is in these tables."""
    raise ConfigurationError("the durable tables hold payments in flight; drop them by hand if you are sure")
