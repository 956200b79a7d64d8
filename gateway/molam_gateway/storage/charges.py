"""The charges table."""

from ..domain.charges import Charge
from .port import Parameters, Reader
from .tables import Table

TABLE = Table("charges", Charge, json=("payment_method_details",), filters=("payment_intent", "status"))
COUNT_ATTEMPTS = "SELECT COUNT(*) AS attempts FROM charges WHERE payment_intent = :payment_intent"

SELECT_BY_RECEIPT = """
SELECT id FROM charges
WHERE provider_transaction_id = :receipt AND account_id = :account_id AND livemode = :livemode AND provider = :provider
"""


async def has_receipt(reader: Reader, receipt: str, *, account_id: str, livemode: bool, provider: str) -> bool:
    """Whether a charge of this account was paid under this receipt of the provider."""
    key: Parameters = {"receipt": receipt, "account_id": account_id, "livemode": livemode, "provider": provider}
    return await reader.fetch_one(SELECT_BY_RECEIPT, key) is not None


async def count(reader: Reader, payment_intent: str) -> int:
    """How many attempts an intent has had."""
    row = await reader.fetch_one(COUNT_ATTEMPTS, {"payment_intent": payment_intent})
    return 0 if row is None else int(row["attempts"])
