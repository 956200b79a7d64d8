"""The latest rows of a sandbox, for its dashboard."""

from .port import Reader, Row

PAYMENT_INTENTS = """
SELECT id, amount, currency, status, created_at FROM payment_intents ORDER BY id DESC LIMIT :limit
"""
EVENTS = "SELECT id, type, object_id, created_at FROM events ORDER BY id DESC LIMIT :limit"
DELIVERIES = """
SELECT d.id, e.type, d.endpoint_id, d.status, d.attempts,
    COALESCE(CAST(a.status_code AS TEXT), a.error, '') AS answer
FROM webhook_deliveries d
JOIN events e ON e.id = d.event_id
LEFT JOIN webhook_attempts a ON a.delivery_id = d.id AND a.number = d.attempts
ORDER BY d.id DESC LIMIT :limit
"""
_LIMIT = 25

__all__ = ["Row", "deliveries", "events", "payment_intents"]


async def payment_intents(reader: Reader) -> list[Row]:
    """The newest payment intents."""
    return await reader.fetch_all(PAYMENT_INTENTS, {"limit": _LIMIT})


async def events(reader: Reader) -> list[Row]:
    """The newest events."""
    return await reader.fetch_all(EVENTS, {"limit": _LIMIT})


async def deliveries(reader: Reader) -> list[Row]:
    """The newest deliveries with the answer to their last attempt."""
    return await reader.fetch_all(DELIVERIES, {"limit": _LIMIT})
