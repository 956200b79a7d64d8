"""The idempotency keys that made an object once, for as long as the object is kept."""

from .port import Reader, Row

SELECT_MADE = """
SELECT 'payment_intent' AS object, id, status FROM payment_intents
WHERE account_id = :account_id AND livemode = :livemode AND idempotency_key = :key
UNION ALL
SELECT 'refund' AS object, id, status FROM refunds
WHERE account_id = :account_id AND livemode = :livemode AND idempotency_key = :key
UNION ALL
SELECT 'payout' AS object, id, status FROM payouts
WHERE account_id = :account_id AND livemode = :livemode AND idempotency_key = :key
"""


async def made_by(reader: Reader, account_id: str, livemode: bool, key: str) -> Row | None:
    """The `object`, `id` and `status` of what this key made."""
    return await reader.fetch_one(SELECT_MADE, {"account_id": account_id, "livemode": livemode, "key": key})
