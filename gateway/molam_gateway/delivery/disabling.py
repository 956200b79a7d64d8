"""Stops deliveries to a receiver that is gone, or has failed for too long."""

from dataclasses import replace
from datetime import datetime

from ..domain import endpoint_health
from ..domain.ids import IdGenerator
from ..domain.times import milliseconds
from ..domain.webhook_endpoints import Endpoint, document
from ..storage import webhook_deliveries, webhook_endpoints
from ..storage.events import record_event
from ..storage.port import Transaction

GONE = "gone"
FAILING = "failing"


async def failing_too_long(tx: Transaction, endpoint_id: str, *, now: datetime, limit: float) -> bool:
    """Note an endpoint's failure; whether all have failed for `limit` seconds. Locks the endpoint."""
    before = await webhook_endpoints.failing(tx, endpoint_id)
    failing = endpoint_health.after_failure(before, milliseconds(now))
    await webhook_endpoints.write_failing(tx, endpoint_id, failing)
    return endpoint_health.sustained(failing, int(limit * 1000))


async def disable(
    tx: Transaction, endpoint_id: str, reason: str, *, ids: IdGenerator, now: datetime
) -> tuple[Endpoint, Endpoint] | None:
    """Disable an endpoint, make dead letters of what has not reached it, and tell the account's other endpoints.

    Returns the endpoint as it was and as it is, None if it is not enabled.
    """
    endpoint = await webhook_endpoints.TABLE.lock(tx, endpoint_id)
    if endpoint is None or endpoint.status != "enabled":
        return None
    disabled = await webhook_endpoints.TABLE.update(tx, replace(endpoint, status="disabled", status_reason=reason), now)
    await webhook_deliveries.end(tx, endpoint_id, "dead_letter", milliseconds(now))
    await record_event(
        tx,
        ids=ids,
        now=now,
        account_id=endpoint.account_id,
        livemode=endpoint.livemode,
        type="webhook_endpoint.disabled",
        object=document(disabled),
        previous_attributes={"status": endpoint.status, "status_reason": endpoint.status_reason},
    )
    return endpoint, disabled
