"""A balance and its tail are always the sums of the whole journal, whoever posts, folds and spends meanwhile."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import pytest

from molam_gateway.domain.journal import REASONS
from molam_gateway.operations import folding
from molam_gateway.operations.balance import retrieve_balance
from molam_gateway.operations.folding import ALL, EVERY, FOLD, LONG_TAIL, fold, spendable
from molam_gateway.operations.payouts import create_payout
from molam_gateway.storage import balances, jobs, journal
from molam_gateway.storage.balances import Purse
from molam_gateway.storage.port import Transaction

from .bench import ACCOUNT, Bench

pytestmark = pytest.mark.anyio

OWNERS = (("acct_1", False), ("acct_1", True), ("acct_2", False))
PURSES = [Purse(account, livemode, currency) for account, livemode in OWNERS for currency in ("KES", "USD")]
HUGE = 2**53 - 1


async def post(bench: Bench, tx: Transaction, purse: Purse, reason: str, amount: int) -> None:
    ids, now = bench.services.ids, bench.clock.now()
    await journal.post(
        tx,
        ids=ids,
        now=now,
        account_id=purse.account_id,
        livemode=purse.livemode,
        reason=reason,
        subject=ids.new("x", now),
        amount=amount,
        currency=purse.currency,
    )


async def summed(bench: Bench, purse: Purse) -> dict[str, int]:
    """The whole journal's sums, added up by hand."""
    sql = "SELECT * FROM journal WHERE account_id = :account_id AND livemode = :livemode AND currency = :currency"
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all(sql, purse.key)
    sums: dict[str, int] = {}
    for row in rows:
        sums[row["ledger_account"]] = sums.get(row["ledger_account"], 0) + row["amount"]
    return sums


async def check(bench: Bench) -> None:
    for purse in PURSES:
        async with bench.store.reading() as reader:
            assert (await balances.of(reader, purse)).sums == await summed(bench, purse)
            assert await balances.conserved(reader)


@pytest.mark.parametrize("seed", range(4))
async def test_it_is_the_sum_of_the_journal_at_every_step(bench: Bench, seed: int) -> None:
    chance = random.Random(seed)

    async def step() -> None:
        purse = chance.choice(PURSES)
        async with bench.store.transaction() as tx:
            if chance.random() < 0.3:
                await balances.fold(tx, purse, chance.choice([1, 3, 1000]))
            else:
                for _ in range(chance.randint(1, 3)):
                    await post(bench, tx, purse, chance.choice(REASONS), chance.choice([1, 700, HUGE]))
            if chance.random() < 0.1:
                raise LookupError

    for _ in range(12):
        done = await asyncio.gather(*(step() for _ in range(5)), return_exceptions=True)
        assert all(each is None or isinstance(each, LookupError) for each in done), done
        await check(bench)
    await fold(bench.services, ALL)
    await check(bench)
    async with bench.store.reading() as reader:
        assert await balances.with_tail(reader) == []


async def test_what_commits_after_a_later_entry_was_folded_is_not_forgotten(bench: Bench) -> None:
    if not bench.store.shared:
        pytest.skip("SQLite has one writer at a time")
    posted, folded = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with bench.store.transaction() as tx:
            await post(bench, tx, PURSES[0], "capture", 1)
            await tx.fetch_all("SELECT 1", {})
            posted.set()
            await folded.wait()

    waiting = asyncio.create_task(slow())
    await posted.wait()
    async with bench.store.transaction() as tx:
        await post(bench, tx, PURSES[0], "capture", 10)
    await fold(bench.services, ALL)
    folded.set()
    await waiting
    await check(bench)
    async with bench.store.reading() as reader:
        assert (await balances.of(reader, PURSES[0])).sums["merchant_payable"] == -11


async def test_who_spends_reads_the_tail_alone_and_has_a_long_one_folded(bench: Bench) -> None:
    purse = Purse(ACCOUNT.id, ACCOUNT.livemode, "USD")
    async with bench.store.transaction() as tx:
        for _ in range(LONG_TAIL // 2 + 1):
            await post(bench, tx, purse, "capture", 100)
    async with bench.store.transaction() as tx:
        assert (await spendable(bench.services, tx, purse)).tail == LONG_TAIL + 2
    await bench.runner.run_due()
    async with bench.store.transaction() as tx:
        balance = await spendable(bench.services, tx, purse)
    assert (balance.tail, balance.sums["merchant_payable"]) == (0, -100 * (LONG_TAIL // 2 + 1))
    assert await bench.runner.next_due() is None
    await check(bench)


async def test_a_long_tail_is_folded_once_however_many_spend_meanwhile(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "LONG_TAIL", 3)
    purses = PURSES[:4]
    async with bench.store.transaction() as tx:
        await jobs.ensure(tx, FOLD, ALL, bench.clock.now() + EVERY)
        for purse in purses:
            for _ in range(2):
                await post(bench, tx, purse, "capture", 100)
    running: list[Coroutine[Any, Any, None]] = []
    for _ in range(5):
        for purse in purses:
            async with bench.store.transaction() as tx:
                await spendable(bench.services, tx, purse)
        running += await bench.runner.claim()
    assert len(running) == len(purses)
    await asyncio.gather(*running)
    async with bench.store.reading() as reader:
        assert await balances.with_tail(reader) == []
    assert await bench.runner.next_due() == bench.clock.now() + EVERY
    await check(bench)


async def test_a_folded_balance_is_spent_once(bench: Bench) -> None:
    purse = Purse(ACCOUNT.id, ACCOUNT.livemode, "USD")
    async with bench.store.transaction() as tx:
        await post(bench, tx, purse, "capture", 1000)
    await fold(bench.services, ALL)
    beneficiary = {"type": "bank_account", "account_number": "123450000", "account_holder": "Amina"}
    body = {"amount": 300, "currency": "USD", "beneficiary": beneficiary}

    async def pay_out() -> int:
        return (await bench.call(create_payout, body)).status

    statuses = await asyncio.gather(*(pay_out() for _ in range(5)), *(fold(bench.services, ALL) for _ in range(3)))
    assert sorted(str(each) for each in statuses[:5]) == ["201", "201", "201", "409", "409"]
    await check(bench)
    shown = (await bench.call(retrieve_balance)).json
    assert shown["available"] == [{"amount": 100, "currency": "USD"}]


async def test_a_balance_that_is_wrong_is_noticed(bench: Bench) -> None:
    async with bench.store.transaction() as tx:
        await post(bench, tx, PURSES[0], "capture", 1000)
    await fold(bench.services, ALL)
    async with bench.store.transaction() as tx:
        await tx.execute("UPDATE balances SET low = low + 1 WHERE ledger_account = 'merchant_payable'", {})
    async with bench.store.reading() as reader:
        assert not await balances.conserved(reader)
