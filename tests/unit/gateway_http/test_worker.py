"""The worker runs what is due, in real time and while the clock is advanced."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from molam_gateway.clock import Clock
from molam_gateway.storage.migrate import migrate_sqlite
from molam_gateway.storage.port import StoreError
from molam_gateway.storage.sqlite import SqliteStore
from molam_gateway.worker import UnfinishedError, Worker

LONG = 10.0

Planned: TypeAlias = tuple[datetime, Callable[[], Coroutine[Any, Any, None]]]


@dataclass
class Agenda:
    """A source of scripted work: what is due at which moment, and what doing it adds."""

    clock: Clock
    due: list[Planned] = field(default_factory=list[Planned])
    done: list[tuple[str, datetime]] = field(default_factory=list[tuple[str, datetime]])
    failures: int = 0
    failure: Exception = field(default_factory=lambda: StoreError("the database is away"))

    def plan(self, name: str, after: float, then: Callable[[], None] | None = None, takes: float = 0.0) -> None:
        async def work() -> None:
            await asyncio.sleep(takes)
            self.done.append((name, self.clock.now()))
            if then is not None:
                then()

        self.due.append((self.clock.now() + timedelta(seconds=after), work))

    async def claim(self) -> Sequence[Coroutine[Any, Any, None]]:
        if self.failures:
            self.failures -= 1
            raise self.failure
        now = self.clock.now()
        ready = [work for moment, work in self.due if moment <= now]
        self.due = [each for each in self.due if each[0] > now]
        return [work() for work in ready]

    async def next_due(self) -> datetime | None:
        return min((moment for moment, _ in self.due), default=None)

    async def busy_elsewhere(self) -> bool:
        return False


@dataclass
class Bench:
    clock: Clock
    agenda: Agenda
    worker: Worker
    wake: asyncio.Event
    store: SqliteStore

    async def advance(self, seconds: float, patience: float = LONG) -> int:
        target = self.clock.now() + timedelta(seconds=seconds)

        async def until() -> datetime:
            return target

        return await self.worker.advance(until, time.monotonic() + patience)


@asynccontextmanager
async def bench(directory: Path) -> AsyncGenerator[Bench]:
    migrate_sqlite(directory / "worker.db")
    store = SqliteStore(directory / "worker.db", durable=False)
    clock, wake = await Clock.restore(store), asyncio.Event()
    agenda = Agenda(clock)
    try:
        yield Bench(clock, agenda, Worker(clock, store, [agenda], wake), wake, store)
    finally:
        await store.close()


def run(test: Callable[[Bench], Coroutine[Any, Any, None]], directory: Path) -> None:
    async def main() -> None:
        async with bench(directory) as made:
            await test(made)

    asyncio.run(main())


def test_it_steps_from_due_time_to_due_time(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        start = bench.clock.now()
        bench.agenda.plan("later", 3600)
        bench.agenda.plan("first", 60, then=lambda: bench.agenda.plan("follow-up", 300))
        bench.agenda.plan("beyond", 8000)
        assert await bench.advance(7200) == 3
        times = [(name, round((moment - start).total_seconds())) for name, moment in bench.agenda.done]
        assert times == [("first", 60), ("follow-up", 360), ("later", 3600)]
        assert timedelta(0) <= bench.clock.now() - start - timedelta(hours=2) < timedelta(seconds=2)

    run(test, tmp_path)


def test_it_waits_for_work_that_takes_time(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.agenda.plan("slow", 10, takes=0.3)
        assert await bench.advance(10) == 1

    run(test, tmp_path)


def test_it_counts_work_that_the_background_had_begun(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.worker.start()
        bench.agenda.plan("slow", 0, takes=0.3)
        bench.wake.set()
        await asyncio.sleep(0.1)
        assert await bench.advance(5) == 1
        await bench.worker.stop()

    run(test, tmp_path)


def test_out_of_patience_the_clock_stays_where_its_work_is(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        start = bench.clock.now()
        bench.agenda.plan("endless", 60, takes=30)
        began = time.monotonic()
        with pytest.raises(UnfinishedError):
            await bench.advance(3600, patience=0.3)
        assert time.monotonic() - began < 2
        assert timedelta(seconds=60) <= bench.clock.now() - start < timedelta(seconds=65)

    run(test, tmp_path)


def test_stopping_ends_the_advance(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.agenda.plan("endless", 60, takes=30)
        advancing = asyncio.create_task(bench.advance(3600))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        bench.worker.interrupt()
        with pytest.raises(UnfinishedError):
            await advancing
        assert time.monotonic() - began < 1

    run(test, tmp_path)


def test_work_that_stays_due_does_not_hold_it_up(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        class Stuck(Agenda):
            async def claim(self) -> Sequence[Coroutine[Any, Any, None]]:
                return []

        stuck = Stuck(bench.clock)
        stuck.plan("held by another process", 5)
        worker = Worker(bench.clock, bench.store, [stuck], asyncio.Event())
        start = bench.clock.now()
        assert await replace(bench, worker=worker).advance(60) == 0
        assert bench.clock.now() - start >= timedelta(seconds=60)

    run(test, tmp_path)


def test_in_the_background_due_work_runs_when_woken(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.worker.start()
        await asyncio.sleep(0.05)
        bench.agenda.plan("now", 0)
        bench.wake.set()
        await asyncio.sleep(0.1)
        assert [name for name, _ in bench.agenda.done] == ["now"]
        await bench.worker.stop()

    run(test, tmp_path)


def test_in_the_background_work_runs_when_its_time_comes(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.worker.start()
        bench.agenda.plan("soon", 0.2)
        bench.wake.set()
        await asyncio.sleep(0.5)
        assert [name for name, _ in bench.agenda.done] == ["soon"]
        await bench.worker.stop()

    run(test, tmp_path)


def test_a_failing_database_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def test(bench: Bench) -> None:
        bench.agenda.failures = 1
        bench.agenda.plan("after all", 0)
        bench.worker.start()
        await asyncio.sleep(0.05)
        bench.wake.set()
        await asyncio.sleep(0.1)
        assert [name for name, _ in bench.agenda.done] == ["after all"]
        await bench.worker.stop()

    run(test, tmp_path)
    assert "the database is away" in caplog.text


def test_one_failing_source_stops_neither_itself_nor_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(bench: Bench) -> None:
        bench.agenda.failures = 1
        bench.agenda.failure = ValueError("a row of nonsense")
        bench.agenda.plan("after all", 0)
        other, wake = Agenda(bench.clock), asyncio.Event()
        other.plan("beside it", 0)
        worker = Worker(bench.clock, bench.store, [bench.agenda, other], wake)
        worker.start()
        await asyncio.sleep(0.05)
        assert [name for name, _ in other.done] == ["beside it"]
        wake.set()
        await asyncio.sleep(0.1)
        assert [name for name, _ in bench.agenda.done] == ["after all"]
        await worker.stop()

    run(test, tmp_path)
    assert "a row of nonsense" in caplog.text


def test_while_advancing_a_failing_source_stops_the_clock(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.agenda.failures = 1
        bench.agenda.plan("later", 60)
        start = bench.clock.now()
        with pytest.raises(StoreError, match="away"):
            await bench.advance(3600)
        assert bench.clock.now() - start < timedelta(seconds=5)

    run(test, tmp_path)


def test_failing_work_is_logged_and_counts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("hunter2")

    async def test(bench: Bench) -> None:
        bench.agenda.plan("fails", 1, then=fail)
        assert await bench.advance(2) == 1

    run(test, tmp_path)
    assert "hunter2" in caplog.text


def test_stopping_lets_running_work_finish(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.agenda.plan("short", 0, takes=0.2)
        bench.worker.start()
        await asyncio.sleep(0.05)
        await bench.worker.stop()
        assert [name for name, _ in bench.agenda.done] == ["short"]

    run(test, tmp_path)


def test_stopping_does_not_wait_for_ever(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        bench.agenda.plan("endless", 0, takes=60)
        bench.worker.start()
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await bench.worker.stop()
        assert time.monotonic() - began < 5
        assert bench.agenda.done == []

    run(test, tmp_path)
