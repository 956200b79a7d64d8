"""The operator_cases table: what the gateway cannot decide by itself."""

from ..domain.operator_cases import CaseKind, OperatorCase
from .port import Parameters, Question, Reader, Transaction
from .tables import Table

TABLE = Table("operator_cases", OperatorCase, filters=("status", "kind"))
INSERT = """
INSERT INTO operator_cases (id, account_id, livemode, kind, subject, provider, payment_intent, detail, status,
    created_at, updated_at, sequence, attempt, amount, currency, posted, transaction_id)
VALUES (:id, :account_id, :livemode, :kind, :subject, :provider, :payment_intent, :detail, 'open',
    :created_at, :created_at, 1, :attempt, :amount, :currency, :posted, :transaction_id)
ON CONFLICT (kind, subject) DO NOTHING
"""
CLOSE = """
UPDATE operator_cases
SET status = 'resolved', resolution = :resolution, resolved_by = 'provider', resolved_at = :now, updated_at = :now,
    sequence = sequence + 1
WHERE kind = 'parked' AND subject = :subject AND status = 'open'
"""
NEWEST = """
SELECT * FROM operator_cases WHERE (CAST(:status AS TEXT) IS NULL OR status = :status) ORDER BY id DESC LIMIT :limit
"""

OF_ATTEMPT = "SELECT * FROM operator_cases WHERE attempt = :attempt AND kind = :kind ORDER BY id"
OF_SUBJECT = "SELECT * FROM operator_cases WHERE kind = :kind AND subject = :subject"
WITH_MONEY = """
SELECT id FROM operator_cases
WHERE payment_intent = :payment_intent AND status = 'open' AND kind = 'contradiction' AND posted IS NOT NULL
"""

MISSING = """
SELECT id FROM operator_cases
WHERE payment_intent = :payment_intent AND status = 'open' AND kind = 'contradiction' AND posted = 'anomaly_outgoing'
"""


async def contradictions(reader: Reader, attempt_id: str) -> list[OperatorCase]:
    """What was said of an attempt against its outcome, resolved or not, oldest first."""
    key: Parameters = {"attempt": attempt_id, "kind": CaseKind.CONTRADICTION}
    return [TABLE.read(row) for row in await reader.fetch_all(OF_ATTEMPT, key)]


def money_in_question(payment_intent: str) -> Question:
    """Asks for the cases that keep money of this intent in suspense until somebody decides."""
    return WITH_MONEY, {"payment_intent": payment_intent}


async def money_missing(reader: Reader, payment_intent: str) -> bool:
    """Whether money of this intent left against an outcome, and nobody has decided what that means."""
    return await reader.fetch_one(MISSING, {"payment_intent": payment_intent}) is not None


async def insert(tx: Transaction, case: OperatorCase) -> bool:
    """Open a case, once per kind and subject; False if it is known already."""
    values: Parameters = {
        "id": case.id,
        "account_id": case.account_id,
        "livemode": case.livemode,
        "kind": case.kind,
        "subject": case.subject,
        "provider": case.provider,
        "payment_intent": case.payment_intent,
        "detail": case.detail,
        "created_at": case.created_at,
        "attempt": case.attempt,
        "amount": case.amount,
        "currency": case.currency,
        "posted": case.posted,
        "transaction_id": case.transaction_id,
    }
    return bool(await tx.execute(INSERT, values))


async def of_subject(tx: Transaction, kind: CaseKind, subject: str) -> OperatorCase | None:
    """The case of a kind about a fact, locked until the transaction ends."""
    row = await tx.fetch_one(OF_SUBJECT + tx.for_update, {"kind": kind, "subject": subject})
    return None if row is None else TABLE.read(row)


async def close_parked(tx: Transaction, attempt_id: str, resolution: str, now: int) -> None:
    """Close the case of an attempt whose outcome the provider told after all."""
    await tx.execute(CLOSE, {"subject": attempt_id, "resolution": resolution, "now": now})


async def newest(reader: Reader, status: str | None, limit: int) -> list[OperatorCase]:
    """Cases of every account, newest first, those of one status if one is given."""
    return [TABLE.read(row) for row in await reader.fetch_all(NEWEST, {"status": status, "limit": limit})]
