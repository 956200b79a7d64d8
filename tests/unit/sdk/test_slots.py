# pyright: reportPrivateUsage=false
"""The slots of connections: never more than allowed, none lost, whoever waits in turn."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
import time
from collections import OrderedDict
from itertools import takewhile
from typing import Any, cast

import pytest

from molam_sdk._network.async_connection import AsyncConnection
from molam_sdk._network.async_slots import AsyncSlots
from molam_sdk._network.connection import Connection
from molam_sdk._network.faults import PoolTimeout
from molam_sdk._network.slots import Slot, Slots
from molam_sdk.errors import ConfigurationError
from tests.faults.timing import SLACK, lateness


class Fake:
    """As much of a connection as slots need to know."""

    def __init__(self, *, fresh: bool = True) -> None:
        self.idle_since = 0.0
        self.closed = 0
        self.users = 0
        self.fresh = fresh

    def is_fresh(self, now: float, expiry: float) -> bool:
        return self.fresh and now - self.idle_since < expiry

    async def is_fresh_soon(self, expiry: float) -> bool:
        return False

    def is_reusable(self) -> bool:
        return not self.closed

    def close(self) -> None:
        self.closed += 1

    abort = close


class Line(OrderedDict[Slot, threading.Lock]):
    """Those who wait in turn for a slot; a test may wait for them to come."""

    def __init__(self) -> None:
        super().__init__()
        self._came = threading.Semaphore(0)

    def __setitem__(self, slot: Slot, turn: threading.Lock) -> None:
        super().__setitem__(slot, turn)
        self._came.release()

    def wait_for(self, more: int) -> None:
        """Return once so many have come, besides those that were waited for before."""
        for _ in range(more):
            assert self._came.acquire(timeout=10), "nobody comes"


def line_of(slots: Slots) -> Line:
    line = slots._waiting = Line()
    return line


def filled(slots: Slots, fake: Fake | None, seconds: float = 5) -> Slot:
    slot = Slot(slots)
    slots.take(slot, time.monotonic() + seconds)
    if fake is not None:
        slot.connection = cast(Connection, fake)
    return slot


def test_the_last_connection_used_goes_first() -> None:
    slots = Slots(3)
    first, second = Fake(), Fake()
    taken = [filled(slots, fake) for fake in (first, second)]
    for slot in taken:
        slot.give_back()
    assert cast(Any, filled(slots, None).connection) is second


def test_what_is_stale_is_closed_and_its_slot_stays() -> None:
    slots = Slots(1)
    stale = Fake(fresh=False)
    filled(slots, stale).give_back()
    slot = filled(slots, None)
    assert (slot.connection, stale.closed, slot.is_held) == (None, 1, True)


def test_what_idles_too_long_is_closed_by_the_way() -> None:
    slots = Slots(3, expiry=30)
    old, new = Fake(), Fake()
    taken = [filled(slots, fake) for fake in (old, new)]
    taken[0].give_back()
    old.idle_since -= 31
    taken[1].give_back()
    assert (old.closed, new.closed) == (1, 0)


def test_a_slot_that_is_forgotten_is_free_again() -> None:
    slots = Slots(1)
    slot = filled(slots, None)
    del slot
    gc.collect()
    filled(slots, None, seconds=0.1)


def test_whoever_waits_does_so_in_turn_and_no_longer_than_allowed() -> None:
    slots = Slots(1)
    held = filled(slots, Fake())

    def give_up() -> None:
        with pytest.raises(PoolTimeout):
            filled(slots, None, seconds=0.1)

    assert lateness(give_up, 0.1) <= SLACK
    line = line_of(slots)
    order: list[int] = []

    def wait(number: int) -> None:
        slot = filled(slots, None)
        order.append(number)
        slot.give_back()

    threads = [threading.Thread(target=wait, args=(number,), daemon=True) for number in range(8)]
    for thread in threads:
        thread.start()
        line.wait_for(1)
    held.give_back()
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_a_closed_pool_closes_what_comes_back() -> None:
    slots = Slots(2)
    idle, busy = Fake(), Fake()
    taken = [filled(slots, fake) for fake in (idle, busy)]
    taken[0].give_back()
    slots.close()
    taken[1].give_back()
    assert (idle.closed, busy.closed) == (1, 1)


def test_nobody_gets_a_slot_of_a_closed_pool() -> None:
    slots = Slots(1)
    held = filled(slots, Fake())
    line = line_of(slots)
    slots._patience = lambda slot: 60  # type: ignore[method-assign]  # nobody looks round: they are told
    ends: list[object] = []

    def wait() -> None:
        try:
            ends.append(filled(slots, None, seconds=60))
        except ConfigurationError as error:
            ends.append(error.message)

    threads = [threading.Thread(target=wait, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    line.wait_for(3)
    slots.close()
    for thread in threads:
        thread.join(5)
    assert ends == ["this client is closed; make a new one"] * 3
    held.give_back()
    with pytest.raises(ConfigurationError):
        filled(slots, None)


def test_a_handler_of_signals_may_close_what_its_thread_is_at() -> None:
    slots = Slots(1)
    with slots._lock:
        slots.close()


def queued(slots: Slots, count: int) -> list[Slot]:
    """So many that wait for a slot, one after the other."""
    waiting = [Slot(slots) for _ in range(count)]
    assert [slots._fill(slot) for slot in waiting] == [False] * count
    return waiting


@pytest.mark.parametrize("length", [2, 10, 50])
def test_only_the_first_in_line_looks_round_often(length: int) -> None:
    slots = Slots(1)
    held = filled(slots, None)
    first, *others = [slots._patience(slot) for slot in queued(slots, length)]
    assert first <= 0.1
    assert sum(1 / seconds for seconds in others) <= 1 / first
    assert max(others) <= 5
    held.give_back()


def test_whoever_becomes_the_first_in_line_looks_round_like_the_first() -> None:
    slots = Slots(1)
    held = filled(slots, None)
    first, second = queued(slots, 2)
    waits: list[float] = []

    class Turn:
        """Notes each wait, in the place of which the others go: the first in line, then the one with the slot."""

        def acquire(self, timeout: float) -> None:
            waits.append(timeout)
            if len(waits) == 1:
                slots._leave(first)
            else:
                held.give_back()

        def release(self) -> None:
            """It is its turn."""

    slots._waiting[second] = cast(threading.Lock, Turn())
    patience = [slots._patience(slot) for slot in (second, first)]
    slots._wait(second, time.monotonic() + 60)
    assert waits == patience
    assert second.is_held


def test_slots_that_were_lost_are_given_to_all_who_wait() -> None:
    slots = Slots(3)
    held = [filled(slots, None) for _ in range(3)]
    waiting = queued(slots, 3)
    turns = list(slots._waiting.values())
    last = held.pop()
    del held
    last.give_back()
    assert [slot.is_held for slot in waiting] == [True] * 3
    assert not any(turn.locked() for turn in turns)


def test_sixty_four_threads_share_five() -> None:
    slots = Slots(5)
    line = line_of(slots)
    held = [filled(slots, None) for _ in range(5)]
    everybody: list[Fake] = []
    late: list[int] = []
    chance = random.Random(5)
    moods = [[chance.random() for _ in range(60)] for _ in range(64)]

    def use(moods: list[float]) -> None:
        for mood in moods:
            slot = Slot(slots)
            try:
                slots.take(slot, time.monotonic() + (0.0001 if mood < 0.1 else 30))
            except PoolTimeout:
                late.append(1)
                continue
            fake = cast("Fake | None", slot.connection)
            if fake is None:
                fake = Fake()
                everybody.append(fake)
                slot.connection = cast(Connection, fake)
            fake.users += 1
            assert fake.users == 1
            assert len(slots.held) <= 5
            if mood > 0.9:
                time.sleep(0)  # lets others run
            fake.users -= 1
            if mood > 0.95:
                slot.drop()
            if mood < 0.99:
                slot.give_back()
            else:
                del slot  # as an interrupt would leave it

    threads = [threading.Thread(target=use, args=(each,), daemon=True) for each in moods]
    for thread in threads:
        thread.start()
    too_late = sum(len(list(takewhile(lambda mood: mood < 0.1, each))) for each in moods)
    line.wait_for(too_late + len(threads))
    assert len(late) == too_late > 0
    for slot in held:
        slot.give_back()
    for thread in threads:
        thread.join()
    held = [filled(slots, None, seconds=0) for _ in range(5)]
    assert len({id(slot.connection) for slot in held if slot.connection is not None}) <= 5
    with pytest.raises(PoolTimeout):
        filled(slots, None, seconds=0)


async def taken(slots: AsyncSlots, seconds: float = 5) -> Fake | None:
    return cast("Fake | None", await slots.take(time.monotonic() + seconds))


def give(slots: AsyncSlots, fake: Fake | None) -> None:
    slots.give_back(cast("AsyncConnection | None", fake))


def test_tasks_wait_in_turn_and_no_longer_than_allowed() -> None:
    async def scenario() -> None:
        slots = AsyncSlots(1)
        await taken(slots)
        begun = time.monotonic()
        with pytest.raises(PoolTimeout):
            await taken(slots, 0.1)
        assert 0.09 <= time.monotonic() - begun <= 0.1 + 10 * SLACK
        order: list[int] = []

        async def wait(number: int) -> None:
            fake = await taken(slots)
            order.append(number)
            give(slots, fake)

        tasks = [asyncio.create_task(wait(number)) for number in range(8)]
        await asyncio.sleep(0)
        give(slots, Fake())
        await asyncio.gather(*tasks)
        assert order == list(range(8))

    asyncio.run(scenario())


@pytest.mark.parametrize("times", [1, 2])
def test_a_storm_of_cancellations_loses_no_slot(times: int) -> None:
    chance = random.Random(times)

    async def use(slots: AsyncSlots) -> None:
        fake = await taken(slots)
        try:
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            fake = fake or (Fake() if chance.random() < 0.5 else None)
        finally:
            give(slots, fake)

    async def scenario() -> None:
        slots = AsyncSlots(5)
        for _ in range(60):
            tasks = [asyncio.create_task(use(slots)) for _ in range(40)]
            for _ in range(8):
                for task in chance.sample(tasks, 8):
                    for _ in range(times):
                        task.cancel()
                await asyncio.sleep(0)
            await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(5):
            await taken(slots, 0.1)
        with pytest.raises(PoolTimeout):
            await taken(slots, 0.01)

    asyncio.run(scenario())


def test_a_slot_that_is_handed_over_in_the_moment_of_a_cancellation_is_handed_on() -> None:
    async def scenario() -> None:
        slots = AsyncSlots(1)
        await taken(slots)
        first, second = asyncio.create_task(taken(slots)), asyncio.create_task(taken(slots))
        await asyncio.sleep(0)
        fake = Fake()
        give(slots, fake)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await second is fake

    asyncio.run(scenario())


def test_no_task_gets_a_slot_of_a_closed_pool() -> None:
    async def scenario() -> None:
        slots = AsyncSlots(1)
        fake = Fake()
        await taken(slots)
        waiting = [asyncio.create_task(taken(slots)) for _ in range(2)]
        await asyncio.sleep(0)
        slots.refuse()  # as from another loop: who waits learns it in turn
        give(slots, fake)
        with pytest.raises(ConfigurationError):
            await waiting[0]
        await slots.aclose()
        with pytest.raises(ConfigurationError):
            await waiting[1]
        with pytest.raises(ConfigurationError):
            await taken(slots)
        assert fake.closed

    asyncio.run(scenario())


def test_a_slot_that_is_kept_is_nobodys_until_it_is_given() -> None:
    async def scenario() -> None:
        slots = AsyncSlots(1)
        await taken(slots)
        slots.keep()
        give(slots, None)
        with pytest.raises(PoolTimeout):
            await taken(slots, 0.01)
        waiting = asyncio.create_task(taken(slots))
        await asyncio.sleep(0)
        fake = Fake()
        slots.give_opened(cast(AsyncConnection, fake))
        assert await waiting is fake
        give(slots, None)
        assert await taken(slots) is None
        slots.keep()
        give(slots, None)
        slots.give_opened(None)
        assert await taken(slots, 0.01) is None

    asyncio.run(scenario())
