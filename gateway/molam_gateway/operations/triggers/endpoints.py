"""Brings webhook endpoints to where an event tells of."""

from ...delivery.disabling import disable
from ...storage import webhook_endpoints as endpoint_rows
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
    services = steps.services
    async with services.store.transaction() as tx:
        await disable(tx, id, ids=services.ids, now=services.clock.now())
    return id


async def _endpoint(steps: Steps) -> str:
    if steps.object_id is not None:
        return str(steps.object_id)
    new = await steps.run(create_webhook_endpoint, {"url": _NOBODY, "enabled_events": ["ping"]})
    return str(new["id"])
