"""Events are numbered after their commit, without gaps, by one process at a time, so that no reader misses any."""

import asyncio
from collections.abc import Mapping

import pytest

from molam_gateway.delivery import fan_out as fanning_out
from molam_gateway.delivery.fan_out import fan_out
from molam_gateway.domain.call import Account
from molam_gateway.domain.times import milliseconds
from molam_gateway.operations.payment_intents import create_payment_intent
from molam_gateway.realtime import sequencer as sequencing
from molam_gateway.realtime.sequencer import Sequencer
from molam_gateway.storage import accounts, feed, outbox, webhook_retention
from molam_gateway.storage.accounts import AccountRow
from molam_gateway.storage.events import record_event
from molam_gateway.storage.feed import FeedEvent, Numbers
from molam_gateway.storage.port import Store, Transaction

from .bench import ACCOUNT, Bench

pytestmark = pytest.mark.anyio

INTENT = {"amount": 2500, "currency": "USD", "customer_id": "cus_1"}
PAID = {**INTENT, "payment_method": "pm_cpay_ok", "confirm": True}


async def tell(bench: Bench, tx: Transaction, object_id: str, **members: object) -> str:
    event = await record_event(
        tx,
        ids=bench.services.ids,
        now=bench.clock.now(),
        account_id=ACCOUNT.id,
        livemode=False,
        type="ping",
        object={"id": object_id, **members},
    )
    return str(event["id"])


async def number(store: Store) -> list[int]:
    told: list[int] = []
    await Sequencer(store, told.append).claim()
    return told


async def since(store: Store, position: int = 0) -> list[FeedEvent]:
    async with store.reading() as reader:
        return await feed.since(reader, position, 1000)


async def test_each_account_counts_for_itself(bench: Bench) -> None:
    other = Account("acct_2", livemode=False)
    async with bench.store.transaction() as tx:
        await accounts.insert(tx, AccountRow(other.id, "MOLAM-2", "eu-west", (), None, 0))
    for account in (ACCOUNT, other, ACCOUNT):
        assert (await bench.call(create_payment_intent, INTENT, account=account)).status == 201
    assert await number(bench.store) == [3]
    assert [(event.position, event.account_id, event.seq) for event in await since(bench.store)] == [
        (1, "acct_1", 1),
        (2, "acct_2", 1),
        (3, "acct_1", 2),
    ]
    assert await number(bench.store) == []
    async with bench.store.reading() as reader:
        assert await feed.numbers(reader, account_id="acct_2", livemode=False) == Numbers(1, 0)
        assert await feed.numbers(reader, account_id="acct_2", livemode=True) == Numbers(0, 0)


async def test_an_event_names_its_payment_and_customer(bench: Bench) -> None:
    intent = (await bench.call(create_payment_intent, PAID)).json
    await number(bench.store)
    assert {(event.type, event.transaction_id, event.customer_id) for event in await since(bench.store)} == {
        ("payment_intent.created", intent["id"], "cus_1"),
        ("charge.succeeded", intent["id"], "cus_1"),
        ("payment_intent.succeeded", intent["id"], "cus_1"),
    }


async def test_an_event_that_commits_late_gets_a_later_number(bench: Bench) -> None:
    """Its id is the smaller one, and whoever read the other one before still gets it."""
    if bench.store.shared:
        async with bench.store.transaction() as slow:
            late = await tell(bench, slow, "a")
            async with bench.store.transaction() as tx:
                early = await tell(bench, tx, "b")
            await number(bench.store)
            read = await since(bench.store)
            assert [event.id for event in read] == [early]
    else:
        late = bench.services.ids.new("evt", bench.clock.now())
        async with bench.store.transaction() as tx:
            early = await tell(bench, tx, "b")
        await number(bench.store)
        read = await since(bench.store)
        async with bench.store.transaction() as tx:
            written = await tell(bench, tx, "a")
            await tx.execute("UPDATE events SET id = :late WHERE id = :written", {"late": late, "written": written})
    assert late < early
    await number(bench.store)
    assert [(event.id, event.position) for event in await since(bench.store, read[-1].position)] == [(late, 2)]


async def test_an_objects_events_stay_in_its_own_order(bench: Bench) -> None:
    """The clocks of two processes differ, and with them the ids of what happened one after the other."""
    async with bench.store.transaction() as tx:
        second = await tell(bench, tx, "a", sequence=2)
        between = await tell(bench, tx, "b")
        first = await tell(bench, tx, "a", sequence=1)
    await number(bench.store)
    order = [event.id for event in await since(bench.store)]
    assert order.index(first) < order.index(second)
    assert set(order) == {first, second, between}


async def test_many_writers_and_several_that_number_leave_no_gap(bench: Bench) -> None:
    """A reader that goes on from the last position it has seen sees every event once."""
    seen: list[FeedEvent] = []
    done = asyncio.Event()

    async def read() -> None:
        while True:
            finished = done.is_set()
            news = await since(bench.store, seen[-1].position if seen else 0)
            seen.extend(news)
            if finished and not news:
                return
            await asyncio.sleep(0)

    async def write(writer: int) -> None:
        for count in range(5):
            async with bench.store.transaction() as tx:
                await tell(bench, tx, f"{writer}-{count}")
                await asyncio.sleep(0.001 * (writer % 3))
            await number(stores[writer % len(stores)])

    stores = [bench.store]
    if bench.store.shared:
        stores.append(bench.database.store())
    try:
        reading = asyncio.create_task(read())
        await asyncio.gather(*(write(writer) for writer in range(8)))
        await number(bench.store)
        done.set()
        await reading
    finally:
        for store in stores[1:]:
            await store.close()
    assert [event.position for event in seen] == list(range(1, 41))
    assert [event.seq for event in seen] == list(range(1, 41))
    assert len({event.id for event in seen}) == 40


async def replayed(bench: Bench, kind: str, subject: str, after: int) -> list[int]:
    async with bench.store.reading() as reader:
        events = await feed.replay(
            reader, kind=kind, subject=subject, account_id=ACCOUNT.id, livemode=False, after=after, limit=100
        )
    return [event.seq for event in events]


async def test_a_replay_holds_what_belongs_to_its_channel(bench: Bench) -> None:
    mine = (await bench.call(create_payment_intent, INTENT)).json
    await bench.call(create_payment_intent, {**INTENT, "customer_id": "cus_2"})
    await number(bench.store)
    cases: Mapping[tuple[str, str, int], list[int]] = {
        ("events", "", 0): [1, 2],
        ("events", "", 1): [2],
        ("transaction", mine["id"], 0): [1],
        ("user", "cus_2", 0): [2],
        ("user", "cus_2", 2): [],
    }
    for (kind, subject, after), expected in cases.items():
        assert await replayed(bench, kind, subject, after) == expected


async def test_what_is_deleted_is_known_to_be_gone(bench: Bench) -> None:
    """The newest event of an object is kept, so that its sequence goes on."""
    async with bench.store.transaction() as tx:
        for _ in range(3):
            await tell(bench, tx, "a")
    await number(bench.store)
    async with bench.store.transaction() as tx:
        await tx.execute("UPDATE events SET fanned_out = TRUE", {})
        before = milliseconds(bench.clock.now()) + 1
        await webhook_retention.delete_events(tx, before=before, after="", limit=100)
    async with bench.store.reading() as reader:
        assert await feed.numbers(reader, account_id=ACCOUNT.id, livemode=False) == Numbers(3, 2)


async def test_writers_do_not_keep_the_sequencer_from_ending_its_turn(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event that is committed after each assignment is numbered in a later turn; a full batch asks for another."""
    monkeypatch.setattr(sequencing, "_BATCH", 2)
    async with bench.store.transaction() as tx:
        for _ in range(3):
            await tell(bench, tx, "obj_1")
    added = 0
    numbered = feed.assign

    async def assign(tx: Transaction, limit: int) -> tuple[int, int] | None:
        nonlocal added
        assert (added := added + 1) < 10, "it never ends"
        assigned = await numbered(tx, limit)
        await tell(bench, tx, "obj_2")
        return assigned

    told: list[int] = []
    sequencer = Sequencer(bench.store, told.append)
    with monkeypatch.context() as patch:
        patch.setattr(feed, "assign", assign)
        (more,) = await sequencer.claim()
        await more
    assert told == [2]
    (more,) = await sequencer.claim()
    await more
    assert (await sequencer.claim(), told) == ([], [2, 4])


async def test_a_full_batch_of_deliveries_lets_the_other_sources_work(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning_out, "_BATCH", 2)
    async with bench.store.transaction() as tx:
        ids = [await tell(bench, tx, "obj_1") for _ in range(3)]
    await number(bench.store)
    now = bench.clock.now()
    after = await fan_out(bench.store, bench.services.ids, now)
    async with bench.store.reading() as reader:
        assert not await outbox.is_empty(reader, after="")
    assert after == sorted(ids)[1]
    assert await fan_out(bench.store, bench.services.ids, now, after) == ""
    async with bench.store.reading() as reader:
        assert await outbox.is_empty(reader, after="")
