"""The money_receipts table: each of a provider's receipts for money that came in, once per configuration."""

from datetime import datetime

from ..domain.times import milliseconds
from .port import Parameters, Transaction

INSERT = """
INSERT INTO money_receipts (configuration, receipt, owner, created_at)
VALUES (:configuration, :receipt, :owner, :now)
ON CONFLICT (configuration, receipt) DO NOTHING
"""
OWNER = "SELECT owner FROM money_receipts WHERE configuration = :configuration AND receipt = :receipt"
HAND_OVER = """
UPDATE money_receipts SET owner = :owner
WHERE configuration = :configuration AND receipt = :receipt AND owner = :was
"""


async def take(tx: Transaction, configuration: str, receipt: str, owner: str, now: datetime) -> str:
    """Count a receipt for `owner` (an attempt, or a message about money that nobody awaits) unless it is counted.

    The answer is whose it is.
    """
    key: Parameters = {"configuration": configuration, "receipt": receipt}
    if await tx.execute(INSERT, {**key, "owner": owner, "now": milliseconds(now)}):
        return owner
    row = await tx.fetch_one(OWNER + tx.for_update, key)
    return owner if row is None else str(row["owner"])


async def hand_over(tx: Transaction, configuration: str, receipt: str, was: str, owner: str) -> bool:
    """Make a receipt somebody else's; False if it is not `was`'s any more."""
    key: Parameters = {"configuration": configuration, "receipt": receipt, "was": was, "owner": owner}
    return bool(await tx.execute(HAND_OVER, key))
