"""The idempotency keys that made an object once, for as long as the object is kept."""


def _made(object: str) -> str:
    """Finds it by a range in order, since only the index by key answers that at once.

    Of a table without statistics PostgreSQL believes that the index of the account's pages does as well for an
    equality, and goes through all that the account has.
    """
    return f"""
SELECT object, id, status FROM (
    SELECT '{object}' AS object, id, status FROM {object}s
    WHERE account_id = :account_id AND livemode = :livemode AND idempotency_key >= :key AND idempotency_key <= :key
    ORDER BY account_id, livemode, idempotency_key LIMIT 1
) AS made_{object}
"""  # noqa: S608 - names of this module


SELECT_MADE = "UNION ALL".join(map(_made, ("payment_intent", "refund", "payout")))
"""The `object`, `id` and `status` of what a key made."""
