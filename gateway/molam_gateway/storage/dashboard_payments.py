"""Payments as the dashboard lists and finds them: by what has an index."""

from dataclasses import dataclass

from ..domain.payment_intents import PaymentIntent
from .payment_intents import TABLE
from .port import Parameters, Reader

BY_CUSTOMER = """
SELECT * FROM payment_intents
WHERE account_id = :account_id AND livemode = :livemode AND customer_id = :customer_id AND id < :before
    AND (CAST(:status AS TEXT) IS NULL OR status = :status)
    AND (CAST(:provider AS TEXT) IS NULL OR provider = :provider)
    AND created_at >= :created_from AND created_at <= :created_to
ORDER BY id DESC LIMIT :limit
"""
OF_CHARGE = "SELECT payment_intent FROM charges WHERE id = :word AND account_id = :account_id AND livemode = :livemode"
OF_REFUND = "SELECT payment_intent FROM refunds WHERE id = :word AND account_id = :account_id AND livemode = :livemode"
OF_ATTEMPT = (
    "SELECT payment_intent FROM attempts WHERE id = :word AND account_id = :account_id AND livemode = :livemode"
)
OF_REFERENCE = """
SELECT payment_intent FROM attempts
WHERE provider_reference = :word AND account_id = :account_id AND livemode = :livemode
"""
OF_HANDLE = """
SELECT payment_intent FROM attempts
WHERE handle = :word AND account_id = :account_id AND livemode = :livemode ORDER BY id DESC LIMIT 1
"""
_FINDERS = {"ch": OF_CHARGE, "ref": OF_REFUND, "at": OF_ATTEMPT, "molam": OF_REFERENCE}
_LAST = "~"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which payments of an account to list; None excludes none, times are milliseconds."""

    status: str | None = None
    provider: str | None = None
    customer_id: str | None = None
    created_from: int = 0
    created_to: int = 2**63 - 1
    older_than: str | None = None


async def page(reader: Reader, account_id: str, livemode: bool, wanted: Wanted, limit: int) -> list[PaymentIntent]:
    """Up to `limit` payments, newest first."""
    if wanted.customer_id is None:
        return await TABLE.page(
            reader,
            account_id=account_id,
            livemode=livemode,
            limit=limit,
            filters={"status": wanted.status, "provider": wanted.provider},
            created_from=wanted.created_from,
            created_to=wanted.created_to,
            starting_after=wanted.older_than,
        )
    parameters: Parameters = {
        "account_id": account_id,
        "livemode": livemode,
        "customer_id": wanted.customer_id,
        "status": wanted.status,
        "provider": wanted.provider,
        "created_from": wanted.created_from,
        "created_to": wanted.created_to,
        "before": wanted.older_than or _LAST,
        "limit": limit,
    }
    return [TABLE.read(row) for row in await reader.fetch_all(BY_CUSTOMER, parameters)]


async def named(reader: Reader, account_id: str, livemode: bool, word: str) -> str | None:
    """The payment that an id, or a reference at a provider, belongs to."""
    if await TABLE.find_own(reader, word, account_id=account_id, livemode=livemode) is not None:
        return word
    sql = _FINDERS.get(word.partition("_")[0], OF_HANDLE)
    row = await reader.fetch_one(sql, {"word": word, "account_id": account_id, "livemode": livemode})
    return None if row is None or row["payment_intent"] is None else str(row["payment_intent"])
