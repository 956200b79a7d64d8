"""Forgets the messages of providers that were done with long ago."""

from datetime import datetime, timedelta

from ...domain.times import milliseconds
from ...services import Services
from ...storage import provider_messages as rows

FORGET = "provider_messages.retain"
"""The job that does it every day."""

FORGET_EVERY = timedelta(days=1)
_KEPT_FOR = timedelta(days=30)
_BATCH = 500
_BATCHES = 40
_SOON = timedelta(seconds=1)


async def forget(services: Services, subject: str) -> datetime | None:
    """Delete what is too old, in small transactions; when to go on, soon if there was more than one run may do."""
    now = services.clock.now()
    before = milliseconds(now - _KEPT_FOR)
    for _ in range(_BATCHES):
        async with services.store.transaction() as tx:
            if await rows.delete_old(tx, before=before, limit=_BATCH) < _BATCH:
                return now + FORGET_EVERY
    return now + _SOON
