"""The operator_cases table: what the gateway cannot decide by itself."""

from ..domain.operator_cases import OperatorCase
from .port import Parameters, Reader, Transaction
from .tables import Table

TABLE = Table("operator_cases", OperatorCase, filters=("status", "kind"))
INSERT = """
INSERT INTO operator_cases (id, account_id, livemode, kind, subject, provider, payment_intent, detail, status,
    created_at, updated_at, sequence)
VALUES (:id, :account_id, :livemode, :kind, :subject, :provider, :payment_intent, :detail, 'open',
    :created_at, :created_at, 1)
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
    }
    return bool(await tx.execute(INSERT, values))


async def close_parked(tx: Transaction, attempt_id: str, resolution: str, now: int) -> None:
    """Close the case of an attempt whose outcome the provider told after all."""
    await tx.execute(CLOSE, {"subject": attempt_id, "resolution": resolution, "now": now})


async def newest(reader: Reader, status: str | None, limit: int) -> list[OperatorCase]:
    """Cases of every account, newest first, those of one status if one is given."""
    return [TABLE.read(row) for row in await reader.fetch_all(NEWEST, {"status": status, "limit": limit})]
