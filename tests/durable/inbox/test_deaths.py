"""A worker that dies before or after any statement leaves nothing half done, and its event runs once."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Executable, NullPool, event

from molam_api.models import Event
from molam_sdk.durable import AsyncInbox, Inbox, Processed
from molam_sdk.errors import StorageError
from tests.durable.databases import Durable
from tests.durable.inbox.driver import (
    SECRET,
    InboxDriver,
    attempts_and_error,
    deliver,
    done_by_handlers,
    end_leases,
    failing,
    inbox_on,
    make_due,
    note,
    plain,
    signed,
    states,
    webhook,
)

pytestmark = pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")


@pytest.fixture(autouse=True)
def little_garbage() -> Iterator[None]:
    """Who dies leaves garbage to collect each time; what was there before has no part in it."""
    gc.freeze()
    yield
    gc.unfreeze()


class Killed(BaseException):
    """The process is gone."""


class Reaper:
    """Kills everything that an engine does from a certain boundary between statements on."""

    def __init__(self, engine: Engine, boundary: int) -> None:
        self.left = boundary
        event.listen(engine, "before_cursor_execute", self._pass)
        event.listen(engine, "after_cursor_execute", self._pass)
        event.listen(engine, "commit", self._pass)

    @property
    def has_killed(self) -> bool:
        return self.left < 0

    def _pass(self, *_: object) -> None:
        self.left -= 1
        if self.has_killed:
            raise Killed


def doomed(database: Durable, half: str, boundary: int, **options: Any) -> tuple[InboxDriver, Reaper]:
    """An inbox whose process dies at a boundary; its engine leaves no connection open, as the system would not."""
    inbox = inbox_on(database, half, pool={"poolclass": NullPool} if half == "sync" else {}, **options)
    return inbox, Reaper(database.engines[-1], boundary)


def die_everywhere(act: Callable[[int], bool]) -> int:
    """Let `act` die at each boundary in turn until it lives; return how many there are."""
    boundary = 0
    while act(boundary):
        boundary += 1
    return boundary


@pytest.mark.parametrize(("half", "effect"), [("sync", plain), ("async", plain), ("sync", failing)])
def test_working_at_an_event(database: Durable, half: str, effect: Callable[[Event], Iterator[Executable]]) -> None:
    healthy = inbox_on(database, "sync")
    healthy.on("*")

    def act(boundary: int) -> bool:
        event_id = f"evt_{boundary}"
        deliver(healthy, webhook(event_id, about=event_id))
        inbox, reaper = doomed(database, half, boundary)
        inbox.on("*", effect=effect)
        with suppress(Killed):
            inbox.process(1)
        gc.collect()  # SQLite keeps what a cursor has open
        end_leases(database)
        make_due(database)
        healthy.process()
        return reaper.has_killed

    boundaries = die_everywhere(act)
    assert boundaries >= 20
    assert sorted(done_by_handlers(database)) == sorted((f"evt_{each}", "") for each in range(boundaries + 1))
    assert set(states(database).values()) == {"done"}


def test_receiving(database: Durable, half: str) -> None:
    healthy = inbox_on(database, "sync")
    healthy.on("*")

    def act(boundary: int) -> bool:
        body = webhook(f"evt_{boundary}", about=f"pi_{boundary}")
        inbox, reaper = doomed(database, half, boundary)
        for _ in range(2):
            with suppress(Killed):
                deliver(inbox, body)
        deliver(healthy, body)
        return reaper.has_killed

    boundaries = die_everywhere(act)
    assert healthy.process() == Processed(done=boundaries + 1)
    assert len(done_by_handlers(database)) == boundaries + 1


def test_an_event_that_kills_its_workers_becomes_a_dead_letter(database: Durable, half: str) -> None:
    deliver(inbox_on(database, half), webhook())
    for _ in range(3):
        inbox, reaper = doomed(database, half, 10**9, attempts=3)

        def effect(event: Event, reaper: Reaper = reaper) -> Iterator[Executable]:
            yield note(event)
            reaper.left = 0

        inbox.on("*", effect=effect)
        with pytest.raises(Killed):
            inbox.process()
        end_leases(database)
    assert attempts_and_error(database) == (3, "WorkerLost")
    healthy = inbox_on(database, half, attempts=3)
    healthy.on("*")
    assert healthy.process() == Processed(dead=1)
    assert done_by_handlers(database) == []
    assert healthy.dead_letters()[0].error == "WorkerLost"


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_an_interrupted_event_is_free_at_once(database: Durable, half: str, kind: type[BaseException]) -> None:
    interrupted = True

    def effect(event: Event) -> Iterator[Executable]:
        yield note(event)
        if interrupted:
            raise kind

    inbox = inbox_on(database, half)
    inbox.on("*", effect=effect)
    deliver(inbox, webhook())
    with pytest.raises(kind):
        inbox.process()
    assert done_by_handlers(database) == []
    assert attempts_and_error(database) == (1, kind.__name__)
    interrupted = False
    assert inbox.process() == Processed(done=1)
    assert done_by_handlers(database) == [("evt_1", "")]


def test_a_cancelled_task_gives_its_event_back(database: Durable) -> None:
    inbox = AsyncInbox(database.async_engine(), SECRET)
    begun = asyncio.Event()

    @inbox.on("*")
    async def hang(event: Event, connection: Any) -> None:
        await connection.execute(note(event))
        begun.set()
        await asyncio.Event().wait()

    async def main() -> None:
        await inbox.receive(signed(webhook()), webhook())
        worker = asyncio.create_task(inbox.run())
        await begun.wait()
        worker.cancel()
        with pytest.raises(asyncio.CancelledError):
            await worker

    asyncio.run(main())
    assert attempts_and_error(database) == (1, "CancelledError")
    healthy = inbox_on(database, "sync")
    healthy.on("*")
    assert healthy.process() == Processed(done=1)
    assert done_by_handlers(database) == [("evt_1", "")]


def test_a_worker_that_stood_still_writes_nothing(database: Durable, half: str) -> None:
    """Between its claim and its work the lease ends and somebody else does the work."""
    other = inbox_on(database, "sync")
    other.on("*", effect=lambda event: [note(event, "the other")])
    inbox = inbox_on(database, half)
    inbox.on("*")
    steps: list[str] = []

    def watch(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE received_webhooks") and not steps:
            steps.append("claimed")
        elif steps == ["claimed"] and statement != "COMMIT":
            steps.append("overtaken")
            end_leases(database)
            assert other.process() == Processed(done=1)

    deliver(inbox, webhook())
    event.listen(database.engines[-1], "before_cursor_execute", watch)
    assert inbox.process(1) == Processed(lost=1)
    assert steps == ["claimed", "overtaken"]
    assert done_by_handlers(database) == [("evt_1", "the other")]


def test_a_slow_handler_outlasts_its_lease(database: Durable) -> None:
    """Nobody else gets at its object meanwhile, and everybody else's objects go on."""
    engine = database.engine(connect_args={"timeout": 0}) if database.name == "sqlite" else database.engine()
    other = Inbox(engine, SECRET)

    @other.on("*")
    def quick(event: Event, connection: Connection) -> None:
        connection.execute(note(event, "the other"))

    slow = Inbox(database.engine(), SECRET, lease=0.000001)

    @slow.on("*")
    def work(event: Event, connection: Any) -> None:
        connection.execute(note(event))
        if database.name == "sqlite":  # it has one writer
            with pytest.raises(StorageError, match="lock"):
                other.process()
        else:
            assert other.process() == Processed(done=1)

    for body in (webhook("evt_1"), webhook("evt_2"), webhook("evt_3", about="pi_3")):
        slow.receive(signed(body), body)
    assert slow.process(1) == Processed(done=1)
    expected = {("evt_1", "")} if database.name == "sqlite" else {("evt_1", ""), ("evt_3", "the other")}
    assert set(done_by_handlers(database)) == expected
