"""The payouts table."""

from ..domain.payouts import Payout
from .tables import Table

TABLE = Table("payouts", Payout, json=("beneficiary", "metadata"), filters=("status",))
