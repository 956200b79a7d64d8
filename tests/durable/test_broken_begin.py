"""A connection that breaks while a call is written down: it is written once, and nobody hears that it was not sent."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, create_engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from molam_sdk.durable import AsyncJournal, Journal, create_tables
from molam_sdk.errors import StorageError
from molam_sdk.journal import Begun
from tests.durable.databases import ASYNC_DRIVERS, SYNC_DRIVERS, Durable
from tests.durable.journals import AsyncDriver, JournalDriver, SyncDriver, ended, entry
from tests.durable.test_dropped_connections import NUMBER, drop


class Losing:
    """A journal on SQLite whose commits are made, but not answered.

    Attributes:
        answers: For each commit whether its answer comes; then they all do.
        meanwhile: What somebody else does before it is noticed that one does not come.
    """

    def __init__(self, half: str, folder: Path) -> None:
        self.plain = create_engine(f"sqlite:///{folder}/own.db")
        create_tables(self.plain)
        self.engine = self.plain
        if half == "sync":
            self.journal: JournalDriver = SyncDriver(Journal(self.plain))
        else:
            asynchronous = create_async_engine(f"sqlite+aiosqlite:///{folder}/own.db", poolclass=NullPool)
            self.engine = asynchronous.sync_engine
            self.journal = AsyncDriver(AsyncJournal(asynchronous))
        self.answers: list[bool] = []
        self.meanwhile: Callable[[], object] = list
        dialect: Any = self.engine.dialect
        commit = dialect.do_commit

        def answer(connection: Any) -> None:
            commit(connection)
            if self.answers and not self.answers.pop(0):
                self.meanwhile()
                raise ConnectionResetError("reset")

        dialect.do_commit = answer

    def rows(self) -> list[tuple[str, int, bool]]:
        with self.plain.connect() as connection:
            found = connection.execute(text("SELECT state, claims, doubt FROM molam_calls"))
            return [(state, claims, bool(doubt)) for state, claims, doubt in found]


@pytest.fixture(params=["sync", "async"])
def losing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Losing]:
    made = Losing(request.param, tmp_path)
    yield made
    made.plain.dispose()


def test_an_entry_that_was_written_although_the_answer_was_lost_is_the_callers(losing: Losing) -> None:
    losing.answers = [False]
    begun = losing.journal.start(entry(lease=60.0))
    assert (begun.in_doubt, begun.token.partition(":")[2]) == (False, "1")
    assert losing.rows() == [("in_flight", 1, False)]


def test_an_entry_that_somebody_else_has_claimed_since_is_in_doubt(losing: Losing, tmp_path: Path) -> None:
    """It may have been sent."""
    other = create_engine(f"sqlite:///{tmp_path}/own.db")
    losing.meanwhile = lambda: SyncDriver(Journal(other)).claim(1, 60.0)
    losing.answers = [False]
    begun = losing.journal.start(entry(lease=0.0))
    other.dispose()
    assert (begun.in_doubt, begun.token.partition(":")[2]) == (True, "3")


def test_a_key_that_another_call_has_is_in_doubt_all_the_same(losing: Losing) -> None:
    losing.journal.begin(entry(lease=60.0))
    losing.answers = [True, False]
    assert losing.journal.start(entry(lease=60.0)).in_doubt


def test_a_key_that_was_begun_again_although_the_answer_was_lost_is_the_callers(losing: Losing) -> None:
    """Nothing was sent under it before, nor by the first try."""
    losing.journal.finish(losing.journal.begin(entry()), ended("not_sent"))
    losing.answers = [True, False]
    begun = losing.journal.start(entry(lease=60.0))
    assert (begun.in_doubt, begun.token.partition(":")[2]) == (False, "2")
    assert losing.rows() == [("in_flight", 2, False)]
    assert losing.journal.finish(begun.token, ended("not_sent"))
    assert losing.rows() == [("not_sent", 2, False)]


def test_a_key_that_somebody_else_has_begun_since_is_in_doubt(losing: Losing, tmp_path: Path) -> None:
    losing.journal.finish(losing.journal.begin(entry()), ended("not_sent"))
    other = create_engine(f"sqlite:///{tmp_path}/own.db")
    losing.meanwhile = lambda: SyncDriver(Journal(other)).claim(1, 60.0)
    losing.answers = [True, False]
    begun = losing.journal.start(entry(lease=0.0))
    other.dispose()
    assert (begun.in_doubt, begun.token.partition(":")[2]) == (True, "4")


def test_a_key_that_somebody_else_begins_in_the_callers_place_is_in_doubt(losing: Losing) -> None:
    """The first try was undone, so that both have the same number."""
    losing.journal.finish(losing.journal.begin(entry()), ended("not_sent"))

    def instead() -> None:
        with losing.plain.begin() as connection:
            connection.execute(text("UPDATE molam_calls SET claims = 1, state = 'not_sent'"))
        SyncDriver(Journal(losing.plain)).begin(entry(lease=30.0))

    losing.meanwhile = instead
    losing.answers = [True, False]
    begun = losing.journal.start(entry(lease=60.0))
    assert (begun.in_doubt, begun.token.partition(":")[2]) == (True, "3")


def test_what_may_have_been_written_is_unknown_however_the_second_try_ends(losing: Losing) -> None:
    losing.answers = [False]

    def refuse(*_: object) -> None:
        if not losing.answers:
            raise ConnectionRefusedError("refused")

    event.listen(losing.engine, "checkout", refuse)
    with pytest.raises(StorageError) as caught:
        losing.journal.begin(entry())
    event.remove(losing.engine, "checkout", refuse)
    assert caught.value.outcome == "unknown"
    assert len(losing.rows()) == 1


@pytest.mark.parametrize("half", ["sync", "async"])
def test_a_connection_that_the_server_has_dropped_fails_no_call(database: Durable, half: str) -> None:
    """As after a restart of the database: the pool is full of such connections."""
    if database.name == "sqlite":
        pytest.skip("has no connections to drop")

    def on_dropped(engine: Engine) -> Begun:
        with engine.connect() as connection:
            number = connection.execute(text(NUMBER[database.name])).scalar_one()
        drop(database, number)
        return Journal(engine).begin(entry())

    async def on_dropped_async() -> Begun:
        engine = create_async_engine(database.url.set(drivername=ASYNC_DRIVERS[database.name]), pool_size=1)
        async with engine.connect() as connection:
            number = (await connection.execute(text(NUMBER[database.name]))).scalar_one()
        drop(database, number)
        begun = await AsyncJournal(engine).begin(entry())
        await engine.dispose()
        return begun

    if half == "sync":
        engine = create_engine(database.url.set(drivername=SYNC_DRIVERS[database.name]), pool_size=1)
        begun = on_dropped(engine)
        engine.dispose()
    else:
        begun = asyncio.run(on_dropped_async())
    assert not begun.in_doubt
    assert database.rows("SELECT state, claims FROM molam_calls") == [("in_flight", 1)]
