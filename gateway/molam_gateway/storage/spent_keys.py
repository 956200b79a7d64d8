"""The idempotency keys that made an object once, for as long as the object is kept."""

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

"""The `object`, `id` and `status` of what a key made."""
