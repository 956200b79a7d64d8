"""Forgets ended deliveries, dead letters and events when they are old enough."""

from datetime import datetime, timedelta

from ..domain.times import milliseconds
from ..services import Services
from ..storage import webhook_retention

RETAIN = "webhooks.retain"
"""The job that does it every day."""

EVERY = timedelta(days=1)
_BATCH = 200
_BATCHES = 50
_SOON = timedelta(seconds=1)


async def retain(services: Services, subject: str) -> datetime | None:
    """Delete what is too old, in small transactions; when to go on, soon if there was more than one run may do."""
    now = services.clock.now()
    before = milliseconds(now - timedelta(seconds=services.settings.webhook_retention))
    async with services.store.transaction() as tx:
        await webhook_retention.delete_replaced_secrets(tx, milliseconds(now))
    for _ in range(_BATCHES):
        async with services.store.transaction() as tx:
            if await webhook_retention.delete_ended_deliveries(tx, before=before, limit=_BATCH) < _BATCH:
                break
    else:
        return now + _SOON
    after: str | None = ""
    while after is not None:
        async with services.store.transaction() as tx:
            after = await webhook_retention.delete_events(tx, before=before, after=after, limit=_BATCH)
    return now + EVERY
