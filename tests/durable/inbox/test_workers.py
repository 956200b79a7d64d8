"""Many workers, each delivery several times and in any order, failing and interrupted handlers: each effect once."""

import asyncio
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import Connection, Executable, NullPool, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from molam_api.models import Event
from molam_sdk.durable import AsyncInbox, Inbox
from molam_sdk.durable._inbox import pauses
from tests.durable.databases import Durable
from tests.durable.inbox.driver import SECRET, done_by_handlers, note, signed, states, webhook

pytestmark = pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")
STATUSES = ("requires_payment_method", "processing", "requires_capture", "succeeded")


class Interrupted(BaseException):
    """What ends a worker that somebody stops."""


@frozen
class Storm:
    """How much of everything there is."""

    objects: int
    deliveries: int
    receivers: int
    workers: int

    def bodies(self) -> list[bytes]:
        """Each event several times, shuffled."""
        bodies = [
            webhook(f"evt_{about}_{sequence}", about=f"pi_{about}", sequence=sequence, status=status)
            for about in range(self.objects)
            for sequence, status in enumerate(STATUSES)
        ] * self.deliveries
        random.Random(self.objects).shuffle(bodies)
        return bodies


LONG = os.environ.get("MOLAM_TEST_INBOX_EFFORT") == "long"
STORM = Storm(objects=250, deliveries=10, receivers=4, workers=32) if LONG else Storm(8, 3, 2, 4)
OPTIONS: dict[str, Any] = {"backoff": 0.01, "backoff_cap": 0.05, "attempts": 10_000}
POOL: dict[str, Any] = {"pool_size": STORM.workers + STORM.receivers, "max_overflow": 2, "pool_timeout": 120}


class Weather:
    """Handlers that fail now and then after they have written."""

    def __init__(self) -> None:
        self._dice = random.Random(7)
        self._at_work: Counter[str] = Counter()
        self._lock = threading.Lock()

    def mirrored(self, event: Event) -> Iterator[Executable]:
        """Copies the status; two events of an object never at once."""
        about: str = event.data.object_["id"]
        with self._lock:
            self._at_work[about] += 1
            assert self._at_work[about] == 1
        try:
            yield note(event, event.data.object_["status"])
            luck = self._dice.random()
            if luck < 0.1:
                raise ValueError
            if luck < 0.2:
                raise Interrupted
        finally:
            with self._lock:
                self._at_work[about] -= 1

    @staticmethod
    def counted(event: Event) -> Executable:
        return note(event, "every")


def check(database: Durable) -> None:
    """Each event exactly once for those who want all, at most once for others, and the newest status is the last."""
    done = done_by_handlers(database)
    expected = {f"evt_{about}_{sequence}" for about in range(STORM.objects) for sequence in range(len(STATUSES))}
    assert sorted(event_id for event_id, text in done if text == "every") == sorted(expected)
    mirrored = [(event_id, text) for event_id, text in done if text != "every"]
    assert max(Counter(event_id for event_id, _ in mirrored).values()) == 1
    last = {event_id.split("_")[1]: text for event_id, text in mirrored}
    assert last == {str(about): "succeeded" for about in range(STORM.objects)}
    assert set(states(database).values()) == {"done"}
    assert len(states(database)) == len(expected)


@pytest.mark.timeout(900 if LONG else 60)
def test_threads(database: Durable) -> None:
    patience: dict[str, Any] = {"connect_args": {"timeout": 60}} if database.name == "sqlite" else {}
    inbox = Inbox(database.engine(**POOL, **patience), SECRET, **OPTIONS)
    weather, received, failures = Weather(), threading.Event(), list[BaseException]()

    @inbox.on("*", order="every")
    def count(event: Event, connection: Connection) -> None:
        connection.execute(weather.counted(event))

    @inbox.on("*")
    def mirror(event: Event, connection: Connection) -> None:
        for statement in weather.mirrored(event):
            connection.execute(statement)

    def receive(bodies: list[bytes]) -> None:
        for body in bodies:
            inbox.receive(signed(body), body)

    def work() -> None:
        while not (received.is_set() and inbox.pending().count == 0):
            try:
                inbox.process(10)
            except Interrupted:
                continue
            except BaseException as error:
                failures.append(error)
                raise

    bodies = STORM.bodies()
    receivers = [
        threading.Thread(target=receive, args=(bodies[number :: STORM.receivers],)) for number in range(STORM.receivers)
    ]
    workers = [threading.Thread(target=work) for _ in range(STORM.workers)]
    for thread in receivers + workers:
        thread.start()
    for thread in receivers:
        thread.join()
    received.set()
    for thread in workers:
        thread.join()
    assert failures == []
    check(database)


@pytest.mark.timeout(900 if LONG else 60)
def test_tasks(database: Durable) -> None:
    patience: dict[str, Any] = {"connect_args": {"timeout": 60}} if database.name == "sqlite" else {}
    inbox = AsyncInbox(database.async_engine(**patience), SECRET, **OPTIONS)
    weather = Weather()

    @inbox.on("*", order="every")
    async def count(event: Event, connection: AsyncConnection) -> None:
        await connection.execute(weather.counted(event))

    @inbox.on("*")
    async def mirror(event: Event, connection: AsyncConnection) -> None:
        for statement in weather.mirrored(event):
            await connection.execute(statement)

    async def receive(bodies: list[bytes]) -> None:
        for body in bodies:
            await inbox.receive(signed(body), body)

    async def work(received: asyncio.Event) -> None:
        while not (received.is_set() and (await inbox.pending()).count == 0):
            try:
                await inbox.process(10)
            except Interrupted:
                continue

    async def main() -> None:
        bodies, received = STORM.bodies(), asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(STORM.workers, 8)):
                tasks.create_task(work(received))
            async with asyncio.TaskGroup() as receivers:
                for number in range(STORM.receivers):
                    receivers.create_task(receive(bodies[number :: STORM.receivers]))
            received.set()

    asyncio.run(main())
    check(database)


def test_a_running_worker_takes_what_comes_and_stops_when_told(database: Durable) -> None:
    inbox, stop, done = Inbox(database.engine(), SECRET), threading.Event(), threading.Event()

    @inbox.on("*")
    def work(event: Event, connection: Connection) -> None:
        connection.execute(note(event))
        done.set()

    worker = threading.Thread(target=inbox.run, args=(stop,), kwargs={"poll": 0.01})
    worker.start()
    inbox.receive(signed(webhook()), webhook())
    assert done.wait(20)
    stop.set()
    worker.join(20)
    assert not worker.is_alive()
    assert done_by_handlers(database) == [("evt_1", "")]


@pytest.mark.parametrize("half", ["sync", "async"])
def test_a_worker_waits_for_a_database_that_is_not_there_yet(
    half: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hardly(failures: int) -> float:
        return 0.01 * failures

    monkeypatch.setattr(pauses, "broken", hardly)
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    if half == "sync":
        plain: Any = Looks(threading.Event())
        Inbox(create_engine(url), SECRET).run(plain)
    else:
        engine = create_async_engine(url, poolclass=NullPool)

        async def main() -> None:
            own: Any = AsyncLooks(asyncio.Event())
            await AsyncInbox(engine, SECRET).run(own)

        asyncio.run(main())
    assert caplog.text.count("the inbox waits") == 2


class Looks:
    """Stops a worker after its second wait."""

    def __init__(self, event: Any) -> None:
        self._event, self._waits = event, 0

    def is_set(self) -> bool:
        return self._waits == 2

    def wait(self, *seconds: float) -> Any:
        self._waits += 1
        return self._event.wait(*seconds)


class AsyncLooks(Looks):
    """The same for a worker that is a task."""

    async def wait(self, *seconds: float) -> Any:
        return await super().wait(*seconds)


def test_a_running_task_stops_when_told(database: Durable) -> None:
    inbox = AsyncInbox(database.async_engine(), SECRET)

    async def main() -> None:
        stop = asyncio.Event()

        @inbox.on("*")
        async def work(event: Event, connection: AsyncConnection) -> None:
            await connection.execute(note(event))
            stop.set()

        await inbox.receive(signed(webhook()), webhook())
        await asyncio.wait_for(inbox.run(stop, poll=0.01), 20)

    asyncio.run(main())
    assert done_by_handlers(database) == [("evt_1", "")]
