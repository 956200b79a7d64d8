"""The figures behind the dashboard's charts, of one account since a moment."""

from datetime import datetime

from ..domain.ids import earliest
from ..domain.times import milliseconds
from . import facade_payments
from .port import Parameters, Reader, Row

LATENCIES = (50, 100, 250, 500, 1000, 4000)
"""Upper bounds in milliseconds, exclusive, of the delivery attempts that are counted apart."""


def _with_status(sql: str) -> str:
    """Fill in the word for a status, which this package wrote itself; values are always parameters."""
    return sql.format(facade_payments.STATUS)


HOURLY = _with_status("""
SELECT created_at / 3600000 AS hour, {0} AS state, COUNT(*) AS number FROM payment_intents
WHERE account_id = :account_id AND livemode = :livemode AND id >= :since
GROUP BY 1, 2 ORDER BY 1, 2
""")
OF_PROVIDERS = """
SELECT provider, state, COUNT(*) AS number, MAX(updated_at) AS latest FROM attempts
WHERE account_id = :account_id AND livemode = :livemode AND id >= :since
GROUP BY provider, state ORDER BY provider, state
"""
LATENCY = """
SELECT CASE
    WHEN a.duration_ms < 50 THEN 0
    WHEN a.duration_ms < 100 THEN 1
    WHEN a.duration_ms < 250 THEN 2
    WHEN a.duration_ms < 500 THEN 3
    WHEN a.duration_ms < 1000 THEN 4
    WHEN a.duration_ms < 4000 THEN 5
    ELSE 6 END AS bucket, COUNT(*) AS number
FROM webhook_deliveries d JOIN webhook_attempts a ON a.delivery_id = d.id
WHERE d.account_id = :account_id AND d.livemode = :livemode AND d.id >= :since
GROUP BY 1 ORDER BY 1
"""
DEAD_LETTERS = """
SELECT endpoint_id, COUNT(*) AS number FROM webhook_deliveries
WHERE account_id = :account_id AND livemode = :livemode AND status = 'dead_letter'
GROUP BY endpoint_id ORDER BY endpoint_id
"""
DEAD_LETTERS_BETWEEN = """
SELECT COUNT(*) AS number FROM webhook_deliveries
WHERE account_id = :account_id AND livemode = :livemode AND status = 'dead_letter'
    AND (CAST(:endpoint_id AS TEXT) IS NULL OR endpoint_id = :endpoint_id)
    AND created_at >= :created_from AND created_at <= :created_to
"""


async def hourly(reader: Reader, account_id: str, livemode: bool, since: datetime) -> list[Row]:
    """Payments by hour (counted from 1970) and the façade's word for their status."""
    values: Parameters = {"account_id": account_id, "livemode": livemode, "since": earliest("pi", since)}
    return await reader.fetch_all(HOURLY, values)


async def of_providers(reader: Reader, account_id: str, livemode: bool, since: datetime) -> list[Row]:
    """Attempts by provider and state, each with the moment of the last change."""
    values: Parameters = {"account_id": account_id, "livemode": livemode, "since": earliest("at", since)}
    return await reader.fetch_all(OF_PROVIDERS, values)


async def latency(reader: Reader, account_id: str, livemode: bool, since: datetime) -> dict[int, int]:
    """How many delivery attempts there were by the index of their bound in LATENCIES, its length for the slowest."""
    values: Parameters = {"account_id": account_id, "livemode": livemode, "since": earliest("wd", since)}
    return {row["bucket"]: row["number"] for row in await reader.fetch_all(LATENCY, values)}


async def dead_letters(reader: Reader, account_id: str, livemode: bool) -> dict[str, int]:
    """How many dead letters there are by endpoint."""
    rows = await reader.fetch_all(DEAD_LETTERS, {"account_id": account_id, "livemode": livemode})
    return {row["endpoint_id"]: row["number"] for row in rows}


async def dead_letters_between(
    reader: Reader,
    account_id: str,
    livemode: bool,
    endpoint_id: str | None,
    begin: datetime | None,
    end: datetime | None,
) -> int:
    """How many dead letters a redrive would be about."""
    row = await reader.fetch_one(
        DEAD_LETTERS_BETWEEN,
        {
            "account_id": account_id,
            "livemode": livemode,
            "endpoint_id": endpoint_id,
            "created_from": 0 if begin is None else milliseconds(begin),
            "created_to": 2**63 - 1 if end is None else milliseconds(end),
        },
    )
    return 0 if row is None else int(row["number"])
