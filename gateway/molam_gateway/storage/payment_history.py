"""Everything that belongs to one payment, for its timeline."""

from .port import Parameters, Reader, Row

ATTEMPTS = """
SELECT id, kind, subject, provider, provider_reference, handle, amount, currency, state, failure_code, polls,
    created_at, updated_at
FROM attempts WHERE payment_intent = :id AND account_id = :account_id AND livemode = :livemode ORDER BY id LIMIT 200
"""
REFUNDS = """
SELECT id, amount, currency, status, reason, failure_reason, provider_reference, created_at, updated_at
FROM refunds WHERE payment_intent = :id AND account_id = :account_id AND livemode = :livemode ORDER BY id LIMIT 200
"""
EVENTS = """
SELECT id, type, object_id, created_at FROM events
WHERE object_id = :id AND account_id = :account_id AND livemode = :livemode ORDER BY sequence LIMIT 200
"""
DELIVERIES = """
SELECT d.id, d.event_id, d.endpoint_id, d.status, d.next_attempt_at, a.number, a.started_at, a.duration_ms,
    a.status_code, a.error
FROM webhook_deliveries d LEFT JOIN webhook_attempts a ON a.delivery_id = d.id
WHERE d.event_id IN (
    SELECT id FROM events WHERE object_id = :id AND account_id = :account_id AND livemode = :livemode
)
ORDER BY d.id, a.number LIMIT 500
"""
CASES = """
SELECT id, kind, subject, detail, status, resolution, created_at FROM operator_cases
WHERE payment_intent = :id AND account_id = :account_id AND livemode = :livemode ORDER BY id LIMIT 50
"""


def _of(id: str, account_id: str, livemode: bool) -> Parameters:
    return {"id": id, "account_id": account_id, "livemode": livemode}


async def attempts(reader: Reader, id: str, account_id: str, livemode: bool) -> list[Row]:
    """What was sent to the provider for a payment."""
    return await reader.fetch_all(ATTEMPTS, _of(id, account_id, livemode))


async def refunds(reader: Reader, id: str, account_id: str, livemode: bool) -> list[Row]:
    """The refunds of a payment."""
    return await reader.fetch_all(REFUNDS, _of(id, account_id, livemode))


async def events(reader: Reader, object_id: str, account_id: str, livemode: bool) -> list[Row]:
    """The events about one object."""
    return await reader.fetch_all(EVENTS, _of(object_id, account_id, livemode))


async def deliveries(reader: Reader, object_id: str, account_id: str, livemode: bool) -> list[Row]:
    """The deliveries of those events, one row per attempt, or one without."""
    return await reader.fetch_all(DELIVERIES, _of(object_id, account_id, livemode))


async def cases(reader: Reader, id: str, account_id: str, livemode: bool) -> list[Row]:
    """What people had to decide about a payment."""
    return await reader.fetch_all(CASES, _of(id, account_id, livemode))
