"""The charges table."""

from ..domain.charges import Charge
from .port import Reader
from .tables import Table

TABLE = Table("charges", Charge, json=("payment_method_details",), filters=("payment_intent", "status"))
COUNT_ATTEMPTS = "SELECT COUNT(*) AS attempts FROM charges WHERE payment_intent = :payment_intent"


async def count(reader: Reader, payment_intent: str) -> int:
    """How many attempts an intent has had."""
    row = await reader.fetch_one(COUNT_ATTEMPTS, {"payment_intent": payment_intent})
    return 0 if row is None else int(row["attempts"])
