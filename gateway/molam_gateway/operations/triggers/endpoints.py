"""Brings webhook endpoints to where an event tells of."""

from dataclasses import replace

from ...domain.times import milliseconds
from ...domain.webhook_endpoints import document
from ...storage import webhook_deliveries
from ...storage import webhook_endpoints as endpoint_rows
from ..recorder import recorder
from ..webhook_endpoints import create_webhook_endpoint, test_webhook_endpoint
from .steps import Steps, no_step

_NOBODY = "http://127.0.0.1:9/"
"""Where new endpoints point: the discard port of this machine, where nobody listens."""


async def ping(steps: Steps) -> str:
    """An endpoint that is sent a test event."""
    id = await _endpoint(steps)
    await steps.run(test_webhook_endpoint, webhook_endpoint_id=id)
    return id


async def disabled(steps: Steps) -> str:
    """An endpoint that gets nothing any more."""
    id = await _endpoint(steps)
    endpoint = await steps.find(endpoint_rows.TABLE, id)
    if endpoint.status != "enabled":
        raise no_step("webhook_endpoint.disabled", endpoint.status)
    async with steps.services.store.transaction() as tx:
        write = recorder(steps.services, tx, steps.call)
        off = replace(endpoint, status="disabled")
        await write.change(endpoint_rows.TABLE, document, endpoint, off, "webhook_endpoint.disabled")
        await webhook_deliveries.end(tx, id, "canceled", milliseconds(write.now))
    return id


async def _endpoint(steps: Steps) -> str:
    if steps.object_id is not None:
        return str(steps.object_id)
    new = await steps.run(create_webhook_endpoint, {"url": _NOBODY, "enabled_events": ["ping"]})
    return str(new["id"])
