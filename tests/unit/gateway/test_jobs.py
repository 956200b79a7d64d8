"""Jobs: run when due, once at a time, and never dropped when they fail."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain.concurrency import JobRoom
from molam_gateway.jobs import JobRunner
from molam_gateway.services import Services
from molam_gateway.storage import jobs

from .bench import Bench

pytestmark = pytest.mark.anyio


async def plan(bench: Bench, subject: str, seconds: float = 0) -> None:
    async with bench.store.transaction() as tx:
        await jobs.schedule(tx, "work", subject, bench.clock.now() + timedelta(seconds=seconds))


class Work:
    """A handler that remembers what it did and can be told what to answer."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.again: datetime | None = None
        self.failures = 0

    async def __call__(self, services: Services, subject: str) -> datetime | None:
        self.done.append(subject)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("broken")
        return self.again


def runner(bench: Bench, work: Work) -> JobRunner:
    return JobRunner(bench.services, {"work": work})


async def test_due_jobs_run_once_oldest_first(bench: Bench) -> None:
    work = Work()
    for subject, seconds in (("b", 20.0), ("a", 10.0), ("later", 100.0)):
        await plan(bench, subject, seconds)
    assert await runner(bench, work).run_due() == 0
    bench.clock.advance(20)
    assert await runner(bench, work).run_due() == 2
    assert work.done == ["a", "b"]
    assert await runner(bench, work).run_due() == 0
    assert await runner(bench, work).next_due() == bench.clock.now() + timedelta(seconds=80)


async def test_a_job_may_ask_to_be_run_again(bench: Bench) -> None:
    work = Work()
    work.again = bench.clock.now() + timedelta(seconds=60)
    await plan(bench, "a")
    assert await runner(bench, work).run_due() == 1
    assert await runner(bench, work).next_due() == work.again


async def test_a_failing_job_is_tried_again_more_and_more_slowly(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    work = Work()
    work.failures = 3
    await plan(bench, "a")
    pauses: list[float] = []
    for _ in range(3):
        with caplog.at_level(logging.CRITICAL, "molam_gateway.jobs"):
            await runner(bench, work).run_due()
        due = await runner(bench, work).next_due()
        assert due is not None
        pauses.append((due - bench.clock.now()).total_seconds())
        bench.clock.business = due
    assert pauses == [1, 2, 4]
    assert await runner(bench, work).run_due() == 1
    assert await runner(bench, work).next_due() is None


async def test_a_job_that_somebody_runs_is_left_to_them(bench: Bench) -> None:
    work = Work()
    await plan(bench, "a")
    claimed = await runner(bench, work).claim()
    assert len(claimed) == 1
    assert await runner(bench, work).claim() == []
    await asyncio.gather(*claimed)
    assert work.done == ["a"]


async def test_a_job_whose_runner_died_is_taken_over(bench: Bench) -> None:
    work = Work()
    await plan(bench, "a")
    for abandoned in await runner(bench, work).claim():
        abandoned.close()
    bench.clock.pass_real_time(59)
    assert await runner(bench, work).run_due() == 0
    bench.clock.pass_real_time(1)
    assert await runner(bench, work).run_due() == 1


async def test_a_job_planned_anew_while_it_runs_runs_again(bench: Bench) -> None:
    work = Work()
    await plan(bench, "a")
    claimed = await runner(bench, work).claim()
    await plan(bench, "a", 30)
    await asyncio.gather(*claimed)
    bench.clock.advance(30)
    assert await runner(bench, work).run_due() == 1
    assert work.done == ["a", "a"]


async def test_planning_unless_planned_keeps_the_first_time(bench: Bench) -> None:
    await plan(bench, "a", 10)
    async with bench.store.transaction() as tx:
        await jobs.ensure(tx, "work", "a", bench.clock.now())
    assert await runner(bench, Work()).run_due() == 0


async def test_jobs_under_way_are_bounded_and_one_kind_leaves_room_for_others(bench: Bench) -> None:
    go_on = asyncio.Event()
    done: Counter[str] = Counter()

    def handler(kind: str) -> Callable[[Services, str], Awaitable[None]]:
        async def work(services: Services, subject: str) -> None:
            await go_on.wait()
            done[kind] += 1

        return work

    bounded = JobRunner(bench.services, {"slow": handler("slow"), "work": handler("work")}, 8)
    async with bench.store.transaction() as tx:
        for number in range(20):
            await jobs.schedule(tx, "slow", str(number), bench.clock.now())
    for subject in "abc":
        await plan(bench, subject, 1)
    bench.clock.advance(1)
    async with asyncio.TaskGroup() as group:
        for expected in (6, 2):
            claimed = await bounded.claim()
            assert len(claimed) == expected
            for each in claimed:
                group.create_task(each)
        assert (await bounded.next_due(), list(await bounded.claim())) == (None, [])
        go_on.set()
    assert done == {"slow": 6, "work": 2}
    await bounded.run_due()
    assert done == {"slow": 20, "work": 3}


@given(st.integers(2, 20), st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 16), st.booleans()), max_size=30))
def test_no_kind_ever_takes_all_the_room(most: int, moves: list[tuple[str, int, bool]]) -> None:
    room = JobRoom(most)
    running: Counter[str] = Counter()
    for kind, wanted, leaves in moves:
        if leaves and running[kind]:
            room.leave(kind)
            running[kind] -= 1
        elif not leaves and kind != room.full_kind:
            for _ in range(min(wanted, room.free)):
                room.enter(kind)
                running[kind] += 1
        assert running.total() <= most
        assert max(running.values(), default=0) < most
        assert room.free > 0 or running.total() == most
