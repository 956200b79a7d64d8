"""The databases of merchants whose processes are killed: one of each kind, empty at the start of each run."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from molam_sdk.durable import metadata as durable
from tests.durable.databases import temporary

_SYNC = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
_ASYNC = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "mysql": "mysql+asyncmy"}
_PATIENCE = 2
"""Seconds to wait for a lock: only a process that does not move keeps one for so long."""
_OPTIONS: dict[str, dict[str, Any]] = {
    "postgresql": {"use_native_hstore": False},  # a query less for each life
    "sqlite": {"connect_args": {"timeout": _PATIENCE}},
    "mysql": {"connect_args": {"init_command": f"SET innodb_lock_wait_timeout = {_PATIENCE}"}},
}
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

own = MetaData()
orders = Table(
    "orders",
    own,
    Column("id", String(40), primary_key=True),
    Column("amount", Integer, nullable=False),
    Column("state", String(20), nullable=False),  # open, attempted or paid
    Column("intent", String(60)),
)
effects = Table("effects", own, Column("number", Integer, primary_key=True), Column("event", String(60)))
"""What the handlers of events have done; the event is not unique, so that it shows what was done twice."""

statuses = Table("statuses", own, Column("id", String(60), primary_key=True), Column("status", String(60)))


class Merchants:
    """A database that each run gets empty."""

    def __init__(self, kind: str, url: URL) -> None:
        self.kind = kind
        if kind == "postgresql":
            url = url.update_query_dict({"options": f"{url.query['options']} -clock_timeout={_PATIENCE}s"})
        self.url = url.render_as_string(hide_password=False)
        self.engine = engine_of(self.url)
        own.create_all(self.engine)

    def empty(self) -> None:
        """Begin again."""
        with self.engine.begin() as connection:
            for table in (*durable.tables.values(), *own.tables.values()):
                connection.execute(table.delete())

    def end_leases(self) -> bool:
        """Let the time pass after which the work of a process that has died is anybody's.

        What a process that does not move has locked stays as it is.

        Returns:
            False if it has the lock of SQLite's one writer.
        """
        try:
            with self.engine.begin() as connection:
                for table in durable.tables.values():
                    for name in {"leased_until", "next_at"} & set(table.c.keys()):
                        free = select(*table.primary_key).where(table.c[name].is_not(None))
                        keys = [tuple(row) for row in connection.execute(free.with_for_update(skip_locked=True))]
                        for key in keys:  # MariaDB looks for (a, b) IN (...) in every row, and waits for locked ones
                            its = (column == value for column, value in zip(table.primary_key, key, strict=True))
                            connection.execute(update(table).where(*its).values({name: _LONG_AGO}))
        except OperationalError:
            if self.kind != "sqlite":
                raise
            return False
        return True

    def rows(self, statement: Any) -> list[Any]:
        """What the tables hold."""
        with self.engine.connect() as connection:
            return list(connection.execute(statement).all())


@contextmanager
def merchants(kind: str, directory: Path) -> Generator[Merchants]:
    """A database of a kind (sqlite, postgresql or mariadb), which is gone afterwards."""
    with temporary(kind, directory) as made:
        database = Merchants(kind, made.url)
        try:
            yield database
        finally:
            database.engine.dispose()


def engine_of(url: str) -> Engine:
    """An engine for the URL that a process was given."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    return _quick(create_engine(parsed.set(drivername=_SYNC[backend]), **_OPTIONS.get(backend, {})))


def async_engine_of(url: str) -> AsyncEngine:
    """The same for asyncio."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    engine = create_async_engine(parsed.set(drivername=_ASYNC[backend]), **_OPTIONS.get(backend, {}))
    _quick(engine.sync_engine)
    return engine


def _quick(engine: Engine) -> Engine:
    """What a killed process has written is in the kernel's hands; only a power cut would need it on the disk."""
    if engine.dialect.name == "sqlite":

        def configure(connection: Any, _: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.close()

        event.listen(engine, "connect", configure)
    return engine
