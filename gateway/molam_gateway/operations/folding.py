"""Keeps balances short of tails, so that nobody who spends one has to add up a journal."""

from datetime import datetime, timedelta

from ..services import Services
from ..storage import balances, jobs
from ..storage.balances import Purse
from ..storage.port import Transaction

FOLD = "balances.fold"
"""The job that folds the journal's postings into the balances: ALL now and then, one purse when asked."""

EVERY = timedelta(hours=1)
LONG_TAIL = 1000
"""Postings in a tail after which it is folded at once."""

ALL = "all"
_BATCH = 1000


async def fold(services: Services, subject: str) -> datetime | None:
    """Fold every tail, or that of one purse, in transactions that hold a balance's lock for a moment."""
    if subject != ALL:
        await _fold(services, _purse(subject))
        return None
    async with services.store.reading() as reader:
        purses = await balances.with_tail(reader)
    for purse in purses:
        await _fold(services, purse)
    return services.clock.now() + EVERY


async def spendable(services: Services, tx: Transaction, purse: Purse) -> balances.Balance:
    """A balance under its lock; a long tail is folded soon, by one job however many spend meanwhile."""
    await balances.lock(tx, purse)
    balance = await balances.of(tx, purse)
    if balance.tail > LONG_TAIL:
        await jobs.ensure(tx, FOLD, _subject(purse), services.clock.now())
    return balance


async def _fold(services: Services, purse: Purse) -> None:
    folded = _BATCH
    while folded >= _BATCH:
        async with services.store.transaction() as tx:
            folded = await balances.fold(tx, purse, _BATCH)


def _subject(purse: Purse) -> str:
    return f"{purse.account_id}:{'live' if purse.livemode else 'test'}:{purse.currency}"


def _purse(subject: str) -> Purse:
    account_id, mode, currency = subject.rsplit(":", 2)
    return Purse(account_id, mode == "live", currency)
