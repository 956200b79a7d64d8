"""What fails in a database becomes a StorageError that helps, with nothing of the call in it."""

import asyncio
import logging
import sqlite3
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool

from molam_sdk.durable import AsyncJournal, IdempotencyStore, Journal, create_tables, create_tables_async
from molam_sdk.durable._failures import storage_error
from molam_sdk.errors import ConfigurationError, MolamError, StorageError
from molam_sdk.journal import Ended
from tests.durable.databases import Durable
from tests.durable.journals import SCOPE, AsyncDriver, SyncDriver, entry, journal_on

CANARY = "canary-221770000001"


def raised(call: Callable[[], object]) -> MolamError:
    with pytest.raises(MolamError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("half", ["sync", "async"])
def test_no_failure_shows_what_was_to_be_written(
    database: Durable, half: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Also not in the log of an engine that echoes, and not in the locals of a traceback."""
    caplog.set_level(logging.DEBUG)
    secret = entry(content=CANARY.encode(), target="/v1/" + "é" * 3)
    journal: Any = SyncDriver(Journal(database.engine(echo="debug")))
    if half == "async":
        journal = AsyncDriver(AsyncJournal(database.async_engine(echo="debug")))
    token = journal.begin(secret)
    other = entry(content=f"{CANARY}-2".encode())
    errors = [
        raised(lambda: journal.begin(other)),
        raised(lambda: journal.begin(entry("k" * 256, content=secret.content))),
    ]
    ((claimed, _),) = journal.claim(1, lease=0.0)
    assert token != claimed
    database.execute("ALTER TABLE molam_calls RENAME TO molam_calls_gone")
    try:
        errors += [raised(lambda: journal.begin(secret)), raised(lambda: journal.claim(1, lease=1.0))]
    finally:
        database.execute("ALTER TABLE molam_calls_gone RENAME TO molam_calls")
    for error in errors:
        assert error.__context__ is None
        assert error.__cause__ is None
        ours = [frame for frame in traceback.walk_tb(error.__traceback__) if "molam_sdk" in frame[0].f_code.co_filename]
        shown = "".join(traceback.StackSummary.extract(iter(ours), capture_locals=True).format())
        assert CANARY not in shown + repr(error) + str(error) + repr(vars(error))
    assert CANARY not in caplog.text


def test_a_server_that_is_not_there_is_a_storage_error() -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    error = raised(lambda: Journal(engine).begin(entry()))
    assert isinstance(error, StorageError)
    assert "can be reached" in str(error)
    assert error.outcome == "not_sent"
    for url in ("postgresql+psycopg://nobody@127.0.0.1:1/none", "mysql+asyncmy://nobody@127.0.0.1:1/none"):
        journal = AsyncJournal(create_async_engine(url))
        refused = raised(lambda: asyncio.run(journal.begin(entry())))  # noqa: B023 - called now
        assert (type(refused), refused.outcome) == (StorageError, "not_sent")


@pytest.mark.parametrize("broken", [ConnectionResetError("reset"), EOFError(), OSError(32, "pipe")])
@pytest.mark.parametrize("half", ["sync", "async"])
def test_what_may_have_been_committed_is_unknown(tmp_path: Path, half: str, broken: Exception) -> None:
    """The answer of COMMIT was lost; some drivers let the socket's own error through."""
    url = f"{tmp_path}/own.db"
    plain = create_engine(f"sqlite:///{url}")
    create_tables(plain)
    asynchronous = create_async_engine(f"sqlite+aiosqlite:///{url}")
    dialect: Any = (plain if half == "sync" else asynchronous.sync_engine).dialect
    journal: Any = Journal(plain) if half == "sync" else AsyncDriver(AsyncJournal(asynchronous))
    commit = dialect.do_commit

    def lose_the_answer(connection: Any) -> None:
        commit(connection)
        raise broken

    dialect.do_commit = lose_the_answer
    error = raised(lambda: journal.begin(entry()))
    dialect.do_commit = commit
    assert (type(error), error.outcome) == (StorageError, "unknown")
    with plain.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM molam_calls")).scalar_one() == 1
    plain.dispose()
    if half == "async":
        asyncio.run(asynchronous.dispose())


def test_which_failures_leave_the_outcome_open() -> None:
    class Refused(Exception):
        def __init__(self, sqlstate: str) -> None:
            self.sqlstate = sqlstate

    def outcome(sqlstate: str, *, begun: bool = True) -> object:
        failure = DBAPIError(None, None, Refused(sqlstate))
        return storage_error("the journal", failure, begun=begun).outcome

    assert [outcome(code) for code in ("08007", "40003", "08006", "57P01")] == ["unknown"] * 4
    assert [outcome(code) for code in ("23505", "40001", "42P01", "53100")] == ["not_sent"] * 4
    assert outcome("08006", begun=False) == "not_sent"
    assert storage_error("the journal", ConnectionRefusedError(), begun=False).outcome == "not_sent"


@pytest.mark.parametrize("half", ["sync", "async"])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"database": "molam_nowhere"}, "no database of that name"),
        ({"username": "nobody", "password": "x"}, "let this user in"),
    ],
)
def test_a_wrong_url_says_what_is_wrong_with_it(
    durable: Callable[[str], Durable], half: str, changes: dict[str, Any], message: str
) -> None:
    for name in ("postgresql", "mariadb"):
        known = durable(name)
        error = raised(lambda: journal_on(Durable(name, known.url.set(**changes)), half).begin(entry()))  # noqa: B023
        assert message in str(error)
        assert error.outcome == "not_sent"


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/missing/shop.db")
    assert "that its folder exists" in str(raised(lambda: Journal(engine).begin(entry())))


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_bytes(b"an order book, not a database, of some length" * 100)
    error = raised(lambda: create_tables(create_engine(f"sqlite:///{tmp_path}/shop.db")))
    assert "its file is not a database" in str(error)


def test_a_user_without_the_right_is_told(durable: Callable[[str], Durable]) -> None:
    database = durable("postgresql")
    engine = database.engine()
    ((schema,),) = database.rows("SELECT current_schema()")
    database.execute(f"GRANT USAGE ON SCHEMA {schema} TO pg_monitor")

    @event.listens_for(engine, "connect")
    def less(connection: Any, record: Any) -> None:
        connection.execute("SET ROLE pg_monitor")
        connection.commit()

    assert "may not do that" in str(raised(lambda: Journal(engine).begin(entry())))
    engine.dispose()


def test_a_pool_without_a_free_connection_says_so(database: Durable) -> None:
    engine = database.engine(pool_size=1, max_overflow=0, pool_timeout=0.05)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        error = raised(lambda: Journal(engine).begin(entry()))
    assert "make the engine's pool larger" in str(error)
    assert error.outcome == "not_sent"
    Journal(engine).begin(entry())


@pytest.mark.parametrize("half", ["sync", "async"])
def test_what_the_user_has_open_is_not_touched(database: Durable, half: str) -> None:
    """The entry stays although the user's own transaction is rolled back."""
    if database.name == "sqlite":
        pytest.skip("one writer: see the test of the lock")
    engine = database.engine()
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM server_idempotency"))
        journal_on(database, half).begin(entry())
        connection.rollback()
    assert database.rows("SELECT COUNT(*) FROM molam_calls") == [(1,)]


@pytest.mark.parametrize("half", ["sync", "async"])
def test_an_engine_that_commits_by_itself_or_isolates_strictly_will_do(database: Durable, half: str) -> None:
    for level in ("AUTOCOMMIT", "SERIALIZABLE"):
        options = {"isolation_level": level}
        engine = database.engine(**options)
        journal: Any = SyncDriver(Journal(engine))
        if half == "async":
            journal = AsyncDriver(AsyncJournal(database.async_engine(**options)))
        journal.begin(entry(level))
        journal.begin(entry(level))
        assert [each.idempotency_key for _, each in journal.claim(10, lease=60.0)] == [level]
        with engine.connect() as connection:
            connection.execute(text("DELETE FROM molam_calls"))
        assert database.rows("SELECT COUNT(*) FROM molam_calls") == [(0 if level == "AUTOCOMMIT" else 1,)]


def test_sqlite_locked_by_the_user_says_what_to_do(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/own.db", connect_args={"timeout": 0.05})
    create_tables(engine)
    journal = Journal(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM molam_calls"))
        error = raised(lambda: journal.begin(entry()))
    assert "end your own before the call" in str(error)
    journal.begin(entry())
    engine.dispose()


def switch_off(connection: Any, _: object) -> None:
    connection.isolation_level = None


def begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


@pytest.mark.parametrize("recipe", [False, True])
@pytest.mark.parametrize("driver", ["pysqlite", "aiosqlite"])
def test_sqlite_engines_stay_as_their_owner_made_them(tmp_path: Path, recipe: bool, driver: str) -> None:
    """Also one that begins by itself, as the SQLAlchemy documentation advises."""
    url = f"sqlite+{driver}:///{tmp_path}/own.db"
    plain = create_engine(f"sqlite:///{tmp_path}/own.db")
    create_tables(plain)
    engine: Any = create_engine(url) if driver == "pysqlite" else create_async_engine(url)
    inner = engine if driver == "pysqlite" else engine.sync_engine
    if recipe:
        event.listen(inner, "connect", switch_off)
        event.listen(inner, "begin", begin)
    level = None if recipe else ""

    def level_of(connection: Any) -> object:
        return connection.connection.dbapi_connection.isolation_level

    if driver == "pysqlite":
        journal = Journal(engine)
        journal.begin(entry())
        journal.finish(journal.claim(1, 1.0, SCOPE)[0][0], ended_well())
        with engine.begin() as connection:
            assert level_of(connection) == level
    else:

        async def use() -> None:
            journal = AsyncJournal(engine)
            await journal.begin(entry())
            await journal.finish((await journal.claim(1, 1.0, SCOPE))[0][0], ended_well())
            async with engine.begin() as connection:
                assert await connection.run_sync(level_of) == level
            await engine.dispose()

        asyncio.run(use())
    with plain.connect() as connection:
        assert connection.execute(text("SELECT state FROM molam_calls")).scalar_one() == "succeeded"
    inner.dispose()
    plain.dispose()


def ended_well() -> Ended:

    return Ended(ending="succeeded")


def test_databases_in_memory_and_of_others_are_refused() -> None:
    for engine in (create_engine("sqlite://"), create_engine("sqlite:///x.db", poolclass=StaticPool)):
        for kind in (Journal, IdempotencyStore):
            with pytest.raises(ConfigurationError, match="use a file or a server"):
                kind(engine)
        with pytest.raises(ConfigurationError, match="use a file or a server"):
            create_tables(engine)
    with pytest.raises(ConfigurationError, match="use a file or a server"):
        AsyncJournal(create_async_engine("sqlite+aiosqlite://"))
    with pytest.raises(ConfigurationError, match="use a file or a server"):
        asyncio.run(create_tables_async(create_async_engine("sqlite+aiosqlite://")))
    wrong: Any = "sqlite:///x.db"
    for refused in (Journal, AsyncJournal):
        with pytest.raises(ConfigurationError, match="must be a sqlalchemy"):
            refused(wrong)
    mixed: Any = create_engine("sqlite:///x.db")
    with pytest.raises(ConfigurationError, match="AsyncEngine"):
        AsyncJournal(mixed)


@pytest.mark.parametrize(("until", "made"), [(2, True), (3, False)])
def test_tables_are_made_once_a_lock_of_another_program_is_gone(tmp_path: Path, until: int, made: bool) -> None:
    """SQLite lets one write: who makes the tables waits as long as the driver does, three times."""
    path = tmp_path / "shop.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0.01})
    refused: list[object] = []

    def release(context: object) -> None:
        refused.append(context)
        if len(refused) == until:
            other.execute("ROLLBACK")

    event.listen(engine, "handle_error", release)
    if made:
        create_tables(engine)
        assert "molam_calls" in inspect(engine).get_table_names()
    else:
        assert "lock" in str(raised(lambda: create_tables(engine)))
    assert len(refused) == until
    other.close()
    engine.dispose()
