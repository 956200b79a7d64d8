"""Keeps balances short of tails, so that nobody who spends one has to add up a journal."""

from datetime import datetime, timedelta

from ..services import Services
from ..storage import balances, jobs
from ..storage.balances import Purse
from ..storage.port import Transaction

FOLD = "balances.fold"
"""The job that folds the journal's postings into the balances."""

EVERY = timedelta(hours=1)
LONG_TAIL = 1000
"""Postings in a tail after which it is folded at once."""

ALL = "all"
_BATCH = 1000


async def fold(services: Services, subject: str) -> datetime | None:
    """Fold every tail, in transactions that hold a balance's lock for a moment."""
    async with services.store.reading() as reader:
        purses = await balances.with_tail(reader)
    for purse in purses:
        folded = _BATCH
        while folded >= _BATCH:
            async with services.store.transaction() as tx:
                folded = await balances.fold(tx, purse, _BATCH)
    return services.clock.now() + EVERY


async def spendable(services: Services, tx: Transaction, purse: Purse) -> balances.Balance:
    """A balance under its lock; a long tail is folded soon."""
    await balances.lock(tx, purse)
    balance = await balances.of(tx, purse)
    if balance.tail > LONG_TAIL:
        await jobs.schedule(tx, FOLD, ALL, services.clock.now())
    return balance
