"""The charges table."""

from collections.abc import Sequence

from ..domain.charges import Charge
from .port import Parameters, Question, Reader, Row
from .tables import Table

TABLE = Table("charges", Charge, json=("payment_method_details",), filters=("payment_intent", "status"), kept=True)
COUNT_ATTEMPTS = "SELECT COUNT(*) AS attempts FROM charges WHERE payment_intent = :payment_intent"

SELECT_BY_RECEIPT = """
SELECT id FROM charges
WHERE provider_transaction_id = :receipt AND account_id = :account_id AND livemode = :livemode AND provider = :provider
"""


async def has_receipt(reader: Reader, receipt: str, *, account_id: str, livemode: bool, provider: str) -> bool:
    """Whether a charge of this account was paid under this receipt of the provider."""
    key: Parameters = {"receipt": receipt, "account_id": account_id, "livemode": livemode, "provider": provider}
    return await reader.fetch_one(SELECT_BY_RECEIPT, key) is not None


def counting(payment_intent: str) -> Question:
    """Asks how many attempts an intent has had; `counted` reads the answer."""
    return COUNT_ATTEMPTS, {"payment_intent": payment_intent}


def counted(rows: Sequence[Row]) -> int:
    """How many attempts there were."""
    return int(rows[0]["attempts"])
