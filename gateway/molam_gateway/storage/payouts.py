"""The payouts table."""

from ..domain.payouts import Payout
from .port import Reader
from .tables import Table

TABLE = Table("payouts", Payout, json=("beneficiary", "metadata"), filters=("status",))
SELECT_BY_KEY = """
SELECT id, status FROM payouts
WHERE account_id = :account_id AND livemode = :livemode AND idempotency_key = :idempotency_key
"""


async def made_by(reader: Reader, account_id: str, livemode: bool, key: str) -> tuple[str, str] | None:
    """Id and status of the payout that this idempotency key once made."""
    row = await reader.fetch_one(
        SELECT_BY_KEY, {"account_id": account_id, "livemode": livemode, "idempotency_key": key}
    )
    return None if row is None else (row["id"], row["status"])
