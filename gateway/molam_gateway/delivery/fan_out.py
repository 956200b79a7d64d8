"""Turns events of the outbox into one delivery per endpoint that wants them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Receivers:
    """An account's endpoints; `complete` is False if some cannot be read, whose events wait."""

    endpoints: Sequence[Endpoint]
    complete: bool


def wants(endpoint: Endpoint, event: OutboxEvent) -> bool:
    """Whether an endpoint is to receive an event: one it subscribed to, and created after it was.

    Within one millisecond the ids decide, which grow in the order in which they were made.
    """
    subscribed = "*" in endpoint.enabled_events or event.type in endpoint.enabled_events
    return subscribed and _order(endpoint.created_at, endpoint.id) < _order(event.created_at, event.id)


async def fan_out(store: Store, ids: IdGenerator, now: datetime, after: str = "") -> str:
    """Take a batch out of the outbox, but for what another process is at; returns after which event to go on.

    That is "" at the end of the outbox. An event stays there while one of its account's endpoints cannot be read; the
    others get it at once.
    """
    async with store.reading() as reader:
        if await outbox.is_empty(reader, after=after):
            return ""
    async with store.transaction() as tx:
        events = await outbox.take(tx, after=after, limit=_BATCH)
        receiving: dict[tuple[str, bool], _Receivers] = {}
        told: list[str] = []
        for event in events:
            failpoints.reach("before_fan_out")
            account = event.account_id, event.livemode
            if account not in receiving:
                receiving[account] = await _receivers(tx, *account)
            await _deliver(tx, event, receiving[account].endpoints, ids, now)
            if receiving[account].complete:
                told.append(event.id)
        await outbox.mark_fanned_out(tx, told)
    return events[-1].id if len(events) >= _BATCH else ""


async def _receivers(tx: Transaction, account_id: str, livemode: bool) -> _Receivers:
    endpoints: list[Endpoint] = []
    complete = True
    for row in await webhook_endpoints.receiving(tx, account_id=account_id, livemode=livemode):
        try:
            endpoint = webhook_endpoints.TABLE.read(row)
            frozenset(endpoint.enabled_events)
        except (ValueError, TypeError):
            complete = False
            logger.exception("the webhook endpoint %s cannot be read: its events wait", row["id"])
        else:
            endpoints.append(endpoint)
    return _Receivers(endpoints, complete)


async def _deliver(
    tx: Transaction, event: OutboxEvent, endpoints: Sequence[Endpoint], ids: IdGenerator, now: datetime
) -> None:
    """Add the deliveries of an event.

    For an endpoint that the gateway disabled it becomes a dead letter at once, to be redriven.
    """
    for endpoint in endpoints:
        if wants(endpoint, event):
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


def _order(created_at: int, id: str) -> tuple[int, str]:
    return created_at, id.partition("_")[2]
