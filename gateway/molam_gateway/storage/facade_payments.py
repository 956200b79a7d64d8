"""The payment_intents table as the façade reads it: in numbered pages, and with what belongs to one payment."""

from collections.abc import Mapping

from ..domain.payment_intents import PaymentIntent
from .payment_intents import TABLE
from .port import Parameters, Reader

STATUS = """CASE
    WHEN status = 'requires_payment_method' AND last_error IS NOT NULL THEN 'failed'
    WHEN status IN ('requires_payment_method', 'requires_confirmation') THEN 'pending'
    WHEN status = 'succeeded' AND amount_refunded >= amount_received THEN 'refunded'
    WHEN status = 'succeeded' AND amount_refunded > 0 THEN 'partially_refunded'
    WHEN status = 'succeeded' THEN 'completed'
    WHEN status = 'canceled' THEN 'canceled'
    ELSE 'processing'
END"""
"""The façade's word for a payment intent, as `domain.facade` has it."""


def _with_status(sql: str) -> str:
    """Fill in the word, which this module wrote itself; values are always parameters."""
    return sql.format(STATUS)


PAGE = _with_status("""
SELECT * FROM payment_intents
WHERE account_id = :account_id AND livemode = :livemode
    AND (CAST(:provider AS TEXT) IS NULL OR provider = :provider)
    AND (CAST(:customer_id AS TEXT) IS NULL OR customer_id = :customer_id)
    AND (CAST(:status AS TEXT) IS NULL OR :status = {0})
ORDER BY id DESC LIMIT :limit OFFSET :offset
""")
NEWEST_OF_CUSTOMER = """
SELECT * FROM payment_intents
WHERE account_id = :account_id AND livemode = :livemode AND customer_id = :customer_id
ORDER BY id DESC LIMIT :limit
"""
NEWEST = """
SELECT * FROM payment_intents WHERE account_id = :account_id AND livemode = :livemode ORDER BY id DESC LIMIT :limit
"""
COUNT = _with_status("""
SELECT {0} AS state, COUNT(*) AS number
FROM payment_intents
WHERE account_id = :account_id AND livemode = :livemode AND id >= :since
GROUP BY 1 ORDER BY 1
""")
OBJECTS = """
SELECT id FROM charges WHERE payment_intent = :id
UNION ALL SELECT id FROM refunds WHERE payment_intent = :id
UNION ALL SELECT id FROM attempts WHERE payment_intent = :id
"""


async def page(
    reader: Reader, *, account_id: str, livemode: bool, filters: Mapping[str, str | None], limit: int, offset: int
) -> list[PaymentIntent]:
    """Up to `limit` payments, newest first, after `offset` of them; `filters` are status (a word of the façade),
    provider and customer_id.
    """
    parameters = {**filters, "account_id": account_id, "livemode": livemode, "limit": limit, "offset": offset}
    return [TABLE.read(row) for row in await reader.fetch_all(PAGE, parameters)]


async def newest(
    reader: Reader, *, account_id: str, livemode: bool, customer_id: str | None, limit: int
) -> list[PaymentIntent]:
    """The newest payments of a customer, of the whole account for None."""
    parameters: Parameters = {"account_id": account_id, "livemode": livemode, "limit": limit}
    if customer_id is None:
        rows = await reader.fetch_all(NEWEST, parameters)
    else:
        rows = await reader.fetch_all(NEWEST_OF_CUSTOMER, {**parameters, "customer_id": customer_id})
    return [TABLE.read(row) for row in rows]


async def objects_of(reader: Reader, id: str) -> list[str]:
    """The ids of a payment and of its charges, refunds and attempts."""
    return [id, *(row["id"] for row in await reader.fetch_all(OBJECTS, {"id": id}))]
