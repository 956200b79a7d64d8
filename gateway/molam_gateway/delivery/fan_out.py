"""Turns events of the outbox into one delivery per endpoint that wants them."""

import logging
from datetime import datetime

from .. import failpoints
from ..domain.ids import IdGenerator
from ..domain.times import milliseconds
from ..domain.webhook_endpoints import Endpoint
from ..storage import outbox, webhook_deliveries, webhook_endpoints
from ..storage.outbox import OutboxEvent
from ..storage.port import Store, Transaction

_BATCH = 200

logger = logging.getLogger("molam_gateway.delivery")


def wants(endpoint: Endpoint, event: OutboxEvent) -> bool:
    """Whether an endpoint is to receive an event: one it subscribed to, and created after it was.

    Within one millisecond the ids decide, which grow in the order in which they were made.
    """
    subscribed = "*" in endpoint.enabled_events or event.type in endpoint.enabled_events
    return subscribed and _order(endpoint.created_at, endpoint.id) < _order(event.created_at, event.id)


async def fan_out(store: Store, ids: IdGenerator, now: datetime) -> int:
    """Empty the outbox, but for what another process is at; returns the number of events taken from it.

    An event stays in the outbox while one of its account's endpoints cannot be read; the others get it at once.
    """
    taken, last = 0, ""
    unreadable: set[str] = set()
    while True:
        async with store.reading() as reader:
            if await outbox.is_empty(reader, after=last):
                return taken
        async with store.transaction() as tx:
            events = await outbox.take(tx, after=last, limit=_BATCH)
            for event in events:
                last = event.id
                failpoints.reach("before_fan_out")
                if await _deliver(tx, event, ids, now, unreadable):
                    await outbox.mark_fanned_out(tx, event.id)
                    taken += 1
        if not events:
            return taken


async def _deliver(tx: Transaction, event: OutboxEvent, ids: IdGenerator, now: datetime, unreadable: set[str]) -> bool:
    """Add the deliveries of an event; False if some of its receivers could not be told.

    For an endpoint that the gateway disabled it becomes a dead letter at once, to be redriven.
    """
    complete = True
    for row in await webhook_endpoints.receiving(tx, account_id=event.account_id, livemode=event.livemode):
        try:
            endpoint = webhook_endpoints.TABLE.read(row)
            wanted = wants(endpoint, event)
        except (ValueError, TypeError):
            complete = False
            if row["id"] not in unreadable:
                unreadable.add(row["id"])
                logger.exception("the webhook endpoint %s cannot be read: its events wait", row["id"])
            continue
        if wanted:
            await webhook_deliveries.insert(
                tx,
                id=ids.new("wd", now),
                account_id=event.account_id,
                livemode=event.livemode,
                event_id=event.id,
                event_type=event.type,
                endpoint_id=endpoint.id,
                now=milliseconds(now),
                status="pending" if endpoint.status == "enabled" else "dead_letter",
            )
    return complete


def _order(created_at: int, id: str) -> tuple[int, str]:
    return created_at, id.partition("_")[2]
