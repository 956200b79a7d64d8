"""The payment_intents table."""

from ..domain.payment_intents import PaymentIntent
from .port import Reader
from .tables import Table

TABLE = Table(
    "payment_intents",
    PaymentIntent,
    json=("payment_method_types", "customer", "metadata", "next_action", "last_error"),
    filters=("status", "customer_id", "provider"),
)
SELECT_BY_KEY = """
SELECT id, status FROM payment_intents
WHERE account_id = :account_id AND livemode = :livemode AND idempotency_key = :idempotency_key
"""


async def made_by(reader: Reader, account_id: str, livemode: bool, key: str) -> tuple[str, str] | None:
    """Id and status of the intent that this idempotency key once made."""
    row = await reader.fetch_one(
        SELECT_BY_KEY, {"account_id": account_id, "livemode": livemode, "idempotency_key": key}
    )
    return None if row is None else (row["id"], row["status"])
