"""The jobs by kind, and those that run for ever."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from .delivery.retention import EVERY, RETAIN, retain
from .domain.times import milliseconds
from .jobs import Handler
from .operations import merchant_onboardings
from .operations.completion import complete
from .operations.expiry import EXPIRE, expire
from .operations.folding import ALL, FOLD, fold
from .operations.folding import EVERY as FOLD_EVERY
from .operations.inbound.processing import process
from .operations.inbound.retention import FORGET, FORGET_EVERY, forget
from .operations.reconciliation import reconcile, review
from .sandbox_providers import NOTIFICATION
from .services import Services
from .storage import attempts, idempotency_keys, jobs, provider_messages

PURGE = "idempotency_keys.purge"
COMPLETE = "idempotency_keys.complete"
_EVERY = timedelta(hours=1)
_SOON = timedelta(seconds=1)
_BATCH = 200
_BATCHES = 50


async def purge(services: Services, subject: str) -> datetime | None:
    """Forget the answers that need not be kept any more, in small transactions; soon again if more are left."""
    now = services.clock.now()
    for _ in range(_BATCHES):
        async with services.store.transaction() as tx:
            if await idempotency_keys.purge(tx, now=milliseconds(now), limit=_BATCH) < _BATCH:
                return now + _EVERY
    return now + _SOON


async def finish(services: Services, subject: str) -> datetime | None:
    """Finish the keys that nobody asked for again."""
    await complete(services)
    return services.clock.now() + _EVERY


HANDLERS: Mapping[str, Handler] = {
    attempts.RECONCILE: reconcile,
    NOTIFICATION: review,
    provider_messages.PROCESS: process,
    EXPIRE: expire,
    merchant_onboardings.REVIEW: merchant_onboardings.review,
    PURGE: purge,
    COMPLETE: finish,
    RETAIN: retain,
    FORGET: forget,
    FOLD: fold,
}


async def plan_recurring(services: Services) -> None:
    """Plan the jobs that run for ever, unless they are."""
    async with services.store.transaction() as tx:
        await jobs.ensure(tx, PURGE, "all", services.clock.now() + _EVERY)
        await jobs.ensure(tx, COMPLETE, "all", services.clock.now() + _EVERY)
        await jobs.ensure(tx, RETAIN, "all", services.clock.now() + EVERY)
        await jobs.ensure(tx, FOLD, ALL, services.clock.now() + FOLD_EVERY)
        await jobs.ensure(tx, FORGET, "all", services.clock.now() + FORGET_EVERY)
