"""The refunds table."""

from ..domain.refunds import Refund
from .tables import Table

TABLE = Table("refunds", Refund, json=("metadata",), filters=("payment_intent", "charge", "status"))
