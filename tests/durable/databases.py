"""The databases that the durable parts are tested on: each run makes a schema or database of its own and drops it."""

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, Engine, NullPool, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from molam_sdk.durable import create_tables, metadata
from tests import servers

NAMES = servers.chosen("sqlite", "postgresql", "mariadb")
SYNC_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}
ASYNC_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "mariadb": "mysql+asyncmy"}


@dataclass
class Durable:
    """A database of one test run with the durable tables in it."""

    name: str
    url: URL
    engines: list[Engine] = field(default_factory=list[Engine])

    def engine(self, **options: object) -> Engine:
        """A new synchronous engine, disposed of at the end of the test."""
        engine = create_engine(self.url.set(drivername=SYNC_DRIVERS[self.name]), **options)
        return self._kept(engine)

    def async_engine(self, **options: object) -> AsyncEngine:
        """A new asynchronous engine that keeps no connection, so that no loop has to outlive another."""
        url = self.url.set(drivername=ASYNC_DRIVERS[self.name])
        engine = create_async_engine(url, poolclass=NullPool, **options)
        self._kept(engine.sync_engine)
        return engine

    def clean(self) -> None:
        """Empty the tables and forget the engines of the last test."""
        for engine in self.engines[1:]:
            engine.dispose()
        del self.engines[1:]
        with self.engines[0].begin() as connection:
            for table in metadata.tables.values():
                connection.execute(table.delete())

    def execute(self, statement: str, **parameters: object) -> None:
        """Do something to the tables behind the back of the SDK."""
        with self.engines[0].begin() as connection:
            connection.execute(text(statement), parameters)

    def rows(self, statement: str, **parameters: object) -> list[tuple[object, ...]]:
        """What the tables hold."""
        with self.engines[0].begin() as connection:
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def _kept(self, engine: Engine) -> Engine:
        if self.name == "sqlite":
            event.listen(engine, "connect", _quick)
        self.engines.append(engine)
        return engine


@contextmanager
def temporary(name: str, directory: Path, *, empty: bool = False) -> Generator[Durable]:
    """A database of this run's own, with the durable tables in it unless it is to be empty."""
    own = f"molam_{uuid.uuid4().hex[:12]}"
    if name == "sqlite":
        yield from _made(Durable(name, URL.create("sqlite", database=str(directory / f"{own}.db"))), empty)
        return
    server = servers.server(name)
    made = ("SCHEMA", "SCHEMA {} CASCADE") if name == "postgresql" else ("DATABASE", "DATABASE {}")
    admin = create_engine(server.set(drivername=SYNC_DRIVERS[name]), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE {made[0]} {own}"))
    try:
        options = {"options": f"-csearch_path={own}"}
        url = server.update_query_dict(options) if name == "postgresql" else server.set(database=own)
        yield from _made(Durable(name, url), empty)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP {made[1].format(own)}"))


def _made(database: Durable, empty: bool) -> Generator[Durable]:
    engine = database.engine()
    if not empty:
        create_tables(engine)
    try:
        yield database
    finally:
        for engine in database.engines:
            engine.dispose()


def _quick(connection: DBAPIConnection, record: object) -> None:
    """A test does not have to survive a power cut."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()
