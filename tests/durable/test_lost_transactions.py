"""A database that rolls a transaction back by itself, while the function in it goes on: nothing is marked as done."""

import asyncio
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from molam_api.models import Event
from molam_sdk.durable import AsyncInbox, Claim, IdempotencyStore, Inbox, Processed
from molam_sdk.durable import _guard as guard
from molam_sdk.errors import StorageError
from tests.durable.databases import Durable
from tests.durable.inbox.driver import (
    SECRET,
    attempts_and_error,
    done_by_handlers,
    effects_in,
    make_due,
    note,
    signed,
    states,
    webhook,
)
from tests.durable.stores import store_on

pytestmark = pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")
BODY = webhook()


def vanish(connection: Connection) -> None:
    """Roll back behind SQLAlchemy's back, as a server does."""
    raw: Any = connection.connection.dbapi_connection
    raw.rollback()


def misbehave(event: Event, connection: Connection) -> None:
    connection.execute(note(event, "before"))
    vanish(connection)
    with suppress(StorageError):
        connection.execute(note(event, "after"))


@pytest.mark.parametrize("half", ["sync", "async"])
def test_an_event_is_not_done_without_its_effect(database: Durable, half: str) -> None:
    sick = [True]
    heard: list[Exception] = []

    def run(event: Event, connection: Connection) -> None:
        if sick:
            misbehave(event, connection)
        else:
            connection.execute(note(event))

    async def run_async(event: Event, connection: AsyncConnection) -> None:
        await connection.run_sync(lambda inner: run(event, inner))

    def process() -> Processed:
        if half == "sync":
            inbox = Inbox(database.engine(), SECRET, backoff=3600.0, on_error=lambda _, error: heard.append(error))
            inbox.on("*")(run)
            inbox.receive(signed(BODY), BODY)
            return inbox.process(1)

        async def work() -> Processed:
            inbox = AsyncInbox(
                database.async_engine(), SECRET, backoff=3600.0, on_error=lambda _, error: heard.append(error)
            )
            inbox.on("*")(run_async)
            await inbox.receive(signed(BODY), BODY)
            return await inbox.process(1)

        return asyncio.run(work())

    with effects_in(database):
        assert process() == Processed(failed=1)
        assert attempts_and_error(database) == (1, "TransactionLost")
        assert done_by_handlers(database) == []
        assert "deadlock" in str(heard[0])
        sick.clear()
        make_due(database)
        assert process() == Processed(done=1)
        assert done_by_handlers(database) == [("evt_1", "")]


@pytest.mark.parametrize("half", ["sync", "async"])
def test_no_answer_is_kept_without_its_effect(database: Durable, half: str) -> None:
    database.execute("CREATE TABLE placed (name VARCHAR(100))")
    store = store_on(database, half)

    def place(connection: Connection) -> object:
        connection.execute(text("INSERT INTO placed VALUES ('a')"))
        return "placed"

    def commit(connection: Connection) -> object:
        connection.execute(text("INSERT INTO placed VALUES ('a')"))
        connection.commit()
        return "placed"

    def misplace(connection: Connection) -> object:
        place(connection)
        vanish(connection)
        with suppress(StorageError):
            place(connection)
        return "placed"

    try:
        with pytest.raises(guard.TransactionLost):
            store.run("k", "/orders", misplace)
        assert database.rows("SELECT COUNT(*) FROM placed") == [(0,)]
        with pytest.raises(guard.TransactionEnded):
            store.run("k", "/orders", commit)
        assert database.rows("SELECT COUNT(*) FROM placed") == [(0,)]
        assert store.run("k", "/orders", place) == "placed"
        assert database.rows("SELECT COUNT(*) FROM placed") == [(1,)]
    finally:
        database.execute("DROP TABLE placed")


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_the_victim_of_a_deadlock_that_goes_on_is_undone(database: Durable) -> None:
    """MariaDB rolls the whole transaction back, whatever savepoint the statement was under."""
    database.execute("CREATE TABLE locked (id INTEGER PRIMARY KEY, v INTEGER) ENGINE=InnoDB")
    database.execute("INSERT INTO locked SELECT seq, 0 FROM seq_1_to_40")
    engine = database.engine()
    store, waiting = IdempotencyStore(engine), threading.Event()

    def heavier() -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE locked SET v = v + 1 WHERE id > 2"))
            connection.execute(text("UPDATE locked SET v = v + 1 WHERE id = 2"))
            waiting.set()
            connection.execute(text("UPDATE locked SET v = v + 1 WHERE id = 1"))

    def work(connection: Connection) -> object:
        connection.execute(text("UPDATE locked SET v = 1000 WHERE id = 1"))
        other.start()
        assert waiting.wait(10)
        with pytest.raises(DBAPIError), connection.begin_nested():
            connection.execute(text("UPDATE locked SET v = v + 1 WHERE id = 2"))
        return "done"

    other = threading.Thread(target=heavier)
    try:
        with pytest.raises(guard.TransactionLost):
            store.run("k", "/orders", work)
        other.join(10)
        assert database.rows("SELECT v FROM locked WHERE id = 1") == [(1,)]
        assert isinstance(store.claim("k", "/orders"), Claim)
    finally:
        database.execute("DROP TABLE locked")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_a_transaction_that_an_error_ended_is_not_committed(database: Durable) -> None:
    """PostgreSQL refuses every further statement; SQLite, told to, rolls back and would commit each one by itself."""
    database.execute("CREATE TABLE once (id INTEGER PRIMARY KEY)")
    database.execute("INSERT INTO once VALUES (1)")
    how = "INSERT OR ROLLBACK" if database.name == "sqlite" else "INSERT"
    inbox = Inbox(database.engine(), SECRET, backoff=3600.0)

    @inbox.on("*")
    def run(event: Event, connection: Connection) -> None:
        connection.execute(note(event, "before"))
        with suppress(DBAPIError):
            connection.execute(text(f"{how} INTO once VALUES (1)"))

    try:
        with effects_in(database):
            inbox.receive(signed(BODY), BODY)
            assert inbox.process(1) == Processed(failed=1)
            assert done_by_handlers(database) == []
            assert states(database) == {"evt_1": "pending"}
    finally:
        database.execute("DROP TABLE once")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whoever_interrupts_the_guard_is_heard_and_leaves_the_pool_whole(database: Durable) -> None:
    """At each of its lines, one connection in the pool."""
    inbox = Inbox(database.engine(pool_size=1, max_overflow=0, pool_timeout=1), SECRET, attempts=1000)

    @inbox.on("*")
    def run(event: Event, connection: Connection) -> None:
        connection.execute(note(event))

    lines = [0]

    def interrupting(at: int) -> Any:
        def trace(frame: FrameType, kind: str, _: object) -> Any:
            if frame.f_code.co_filename != guard.__file__:
                return None
            if kind == "line":
                lines[0] += 1
                if lines[0] == at:
                    raise KeyboardInterrupt
            return trace

        return trace

    with effects_in(database):
        inbox.receive(signed(BODY), BODY)
        interrupted, at, before = 0, 0, sys.gettrace()
        while states(database) != {"evt_1": "done"}:
            make_due(database)
            at, lines[0] = at + 1, 0
            sys.settrace(interrupting(at))
            try:
                inbox.process(1)
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                sys.settrace(before)
        assert interrupted >= at - 1 > 15  # the last one perhaps after the commit
        assert done_by_handlers(database) == [("evt_1", "")]
