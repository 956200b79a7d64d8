"""Stops deliveries to a receiver that says it is gone."""

from dataclasses import replace
from datetime import datetime

from ..domain.ids import IdGenerator
from ..domain.times import milliseconds
from ..domain.webhook_endpoints import document
from ..storage import webhook_deliveries, webhook_endpoints
from ..storage.events import record_event
from ..storage.port import Transaction


async def disable(tx: Transaction, endpoint_id: str, *, ids: IdGenerator, now: datetime) -> None:
    """Disable an endpoint, give up what has not reached it, and tell the account's other endpoints."""
    endpoint = await webhook_endpoints.TABLE.lock(tx, endpoint_id)
    if endpoint is None or endpoint.status != "enabled":
        return
    disabled = await webhook_endpoints.TABLE.update(tx, replace(endpoint, status="disabled"), now)
    await webhook_deliveries.cancel(tx, endpoint_id, milliseconds(now))
    await record_event(
        tx,
        ids=ids,
        now=now,
        account_id=endpoint.account_id,
        livemode=endpoint.livemode,
        type="webhook_endpoint.disabled",
        object=document(disabled),
        previous_attributes={"status": "enabled"},
    )
