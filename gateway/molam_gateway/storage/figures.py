"""How many rows there are in each state, for those who watch over the gateway.

Ids are ordered by time: what was made since a moment is at the end of the primary key, which is all that is read.
"""

from collections.abc import Mapping
from datetime import datetime

from ..domain.ids import earliest
from ..domain.times import milliseconds
from . import facade_payments
from .port import Parameters, Reader

REFUNDS = """
SELECT status AS state, COUNT(*) AS number FROM refunds
WHERE account_id = :account_id AND livemode = :livemode AND id >= :since
GROUP BY status ORDER BY status
"""
ATTEMPTS = """
SELECT state, COUNT(*) AS number FROM attempts
WHERE account_id = :account_id AND livemode = :livemode AND id >= :since
GROUP BY state ORDER BY state
"""
DELIVERIES = """
SELECT d.status AS state, COUNT(*) AS number
FROM webhook_deliveries d JOIN events e ON e.id = d.event_id
WHERE e.account_id = :account_id AND e.livemode = :livemode AND d.id >= :since
GROUP BY d.status ORDER BY d.status
"""
JOBS = """
SELECT CASE
    WHEN lease_until > :real_now THEN 'running'
    WHEN due_at <= :now THEN 'due'
    ELSE 'planned' END AS state, COUNT(*) AS number
FROM jobs GROUP BY 1 ORDER BY 1
"""
OF_PROVIDER = """
SELECT state, COUNT(*) AS number FROM attempts
WHERE provider = :provider AND livemode = :livemode AND id >= :since
GROUP BY state ORDER BY state
"""

Counts = Mapping[str, int]
"""How many there are, by state."""

_OWN: Mapping[str, tuple[str, str]] = {
    "payments": (facade_payments.COUNT, "pi"),
    "refunds": (REFUNDS, "ref"),
    "attempts": (ATTEMPTS, "at"),
    "deliveries": (DELIVERIES, "wd"),
}


async def of_account(reader: Reader, *, account_id: str, livemode: bool, since: datetime) -> Mapping[str, Counts]:
    """The payments, refunds, attempts and deliveries that an account made since a moment."""
    return {
        name: await _counted(
            reader, sql, {"account_id": account_id, "livemode": livemode, "since": earliest(prefix, since)}
        )
        for name, (sql, prefix) in _OWN.items()
    }


async def of_jobs(reader: Reader, *, now: datetime, real_now: datetime) -> Counts:
    """All jobs: `due`, `running` and `planned`."""
    counts = await _counted(reader, JOBS, {"now": milliseconds(now), "real_now": milliseconds(real_now)})
    return {state: counts.get(state, 0) for state in ("due", "running", "planned")}


async def of_provider(reader: Reader, *, provider: str, livemode: bool, since: datetime) -> Counts:
    """What was sent to a provider since a moment, for whichever account."""
    parameters: Parameters = {"provider": provider, "livemode": livemode, "since": earliest("at", since)}
    return await _counted(reader, OF_PROVIDER, parameters)


async def _counted(reader: Reader, sql: str, parameters: Parameters) -> Counts:
    return {row["state"]: row["number"] for row in await reader.fetch_all(sql, parameters)}
