"""The anomalies table: provider reports that contradict a final state, for people to decide."""

from .port import Transaction

INSERT = """
INSERT INTO anomalies (id, account_id, livemode, payment_intent, attempt, detail, created_at)
VALUES (:id, :account_id, :livemode, :payment_intent, :attempt, :detail, :created_at)
ON CONFLICT (attempt) DO NOTHING
"""


async def insert(
    tx: Transaction,
    *,
    id: str,
    account_id: str,
    livemode: bool,
    payment_intent: str | None,
    attempt: str,
    detail: str,
    created_at: int,
) -> bool:
    """Record a contradiction, once per attempt; False if it is known already."""
    inserted = await tx.execute(
        INSERT,
        {
            "id": id,
            "account_id": account_id,
            "livemode": livemode,
            "payment_intent": payment_intent,
            "attempt": attempt,
            "detail": detail,
            "created_at": created_at,
        },
    )
    return bool(inserted)
