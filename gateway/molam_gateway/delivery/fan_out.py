"""Turns events of the outbox into one delivery per endpoint that wants them."""

from datetime import datetime

from ..domain.ids import IdGenerator
from ..domain.times import milliseconds
from ..domain.webhook_endpoints import Endpoint
from ..storage import webhook_deliveries, webhook_endpoints
from ..storage.port import Store
from ..storage.webhook_deliveries import OutboxEvent

_BATCH = 200


def wants(endpoint: Endpoint, event: OutboxEvent) -> bool:
    """Whether an enabled endpoint receives an event: one it subscribed to, and created after it was.

    Within one millisecond the ids decide, which grow in the order in which they were made.
    """
    subscribed = "*" in endpoint.enabled_events or event.type in endpoint.enabled_events
    return subscribed and _order(endpoint.created_at, endpoint.id) < _order(event.created_at, event.id)


async def fan_out(store: Store, ids: IdGenerator, now: datetime) -> int:
    """Empty the outbox; returns the number of events taken from it."""
    taken = 0
    while True:
        async with store.reading() as reader:
            if not await webhook_deliveries.outbox(reader, 1):
                return taken
        async with store.transaction() as tx:
            events = await webhook_deliveries.outbox(tx, _BATCH)
            for event in events:
                endpoints = await webhook_endpoints.enabled(tx, account_id=event.account_id, livemode=event.livemode)
                for endpoint in endpoints:
                    if wants(endpoint, event):
                        await webhook_deliveries.insert(
                            tx,
                            id=ids.new("wd", now),
                            event_id=event.id,
                            endpoint_id=endpoint.id,
                            now=milliseconds(now),
                        )
                await webhook_deliveries.mark_fanned_out(tx, event.id)
            taken += len(events)


def _order(created_at: int, id: str) -> tuple[int, str]:
    return created_at, id.partition("_")[2]
