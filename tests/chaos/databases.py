"""The databases that gateways share in a story, seen from outside: counted in, disconnected, restarted."""

import contextlib
import functools
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from molam_gateway.storage import postgres_url
from molam_gateway.storage.migrate import migrate_postgres, migrate_sqlite
from tests.chaos.cluster import Cluster, cluster, programs
from tests.servers import server

LEASED = ("attempts", "jobs", "idempotency_keys", "webhook_deliveries", "provider_tokens")


class Database(Protocol):
    """One story's; `processes` is how many gateways may work on it."""

    url: str
    processes: int

    def rows(self, sql: str) -> Sequence[Mapping[str, Any]]:
        """What a query finds."""
        ...

    def end_leases(self) -> None:
        """Let the leases of dead processes end now."""
        ...

    def disconnect(self) -> None:
        """End every connection of the gateways."""
        ...

    def restart(self) -> str:
        """Let the server crash and come back, if there is one of the tests' own; what it came to."""
        ...


@dataclass
class SqliteDatabase:
    """A file: one process at a time, nobody to disconnect."""

    path: Path
    processes: int = 1
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = f"sqlite:///{self.path}"

    def rows(self, sql: str) -> Sequence[Mapping[str, Any]]:
        with contextlib.closing(sqlite3.connect(self.path, timeout=20)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]

    def end_leases(self) -> None:
        with contextlib.closing(sqlite3.connect(self.path, timeout=20)) as connection, connection:
            for table in LEASED:
                connection.execute(f"UPDATE {table} SET lease_until = 0")  # noqa: S608 - the names are these

    def disconnect(self) -> None:
        """Nobody is connected to a file."""

    def restart(self) -> str:
        return "no server to restart"


@dataclass
class PostgresDatabase:
    """A database of its own in a server; `own` is the server if it may be restarted."""

    name: str
    url: str
    own: Cluster | None
    processes: int = 2

    def rows(self, sql: str) -> Sequence[Mapping[str, Any]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.cursor(row_factory=dict_row).execute(sql.encode()).fetchall()

    def end_leases(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for table in LEASED:
                connection.execute(SQL("UPDATE {} SET lease_until = 0").format(Identifier(table)))

    def disconnect(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def restart(self) -> str:
        if self.own is None:
            self.disconnect()
            return "all backends terminated"
        self.own.restart()
        return "server crashed and restarted"


@dataclass(frozen=True)
class Databases:
    """Makes the databases of stories; `tables` is a migrated SQLite database without rows."""

    kind: str
    directory: Path
    tables: Path
    own: Cluster | None = None

    @contextmanager
    def one(self) -> Generator[Database]:
        """A new one with the gateway's tables, gone after the block."""
        name = f"molam_chaos_{uuid.uuid4().hex[:12]}"
        if self.kind == "sqlite":
            folder = self.directory / name
            folder.mkdir()
            shutil.copy(self.tables, folder / "gateway.db")
            yield SqliteDatabase(folder / "gateway.db")
            return
        with _made(self.admin, name, self.template):
            yield PostgresDatabase(name, _named(self.admin, name), self.own)

    @functools.cached_property
    def admin(self) -> str:
        """The URL of a database beside which others can be made."""
        if self.own is not None:
            return self.own.url
        return server("postgresql").render_as_string(hide_password=False)

    @property
    def template(self) -> str:
        """The migrated database on PostgreSQL that those of stories are copies of."""
        return f"molam_chaos_{self.tables.parent.name.replace('-', '_').lower()}"


@contextmanager
def databases(kind: str, directory: Path, *, own: bool = True) -> Generator[Databases]:
    """What makes databases of a kind; PostgreSQL's in a server of their own if it is wanted and can be."""
    tables = Path(tempfile.mkdtemp(prefix="tables-", dir=directory)) / "empty.db"
    migrate_sqlite(tables)
    if kind == "sqlite":
        yield Databases(kind, directory, tables)
        return
    found = programs() if own else None
    with contextlib.nullcontext() if found is None else cluster(found) as restartable:
        made = Databases(kind, directory, tables, restartable)
        with _made(made.admin, made.template):
            migrate_postgres(postgres_url.parse(_named(made.admin, made.template)))
            yield made


@contextmanager
def _made(admin: str, name: str, template: str = "template1") -> Generator[None]:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
    try:
        yield
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _named(admin: str, name: str) -> str:
    return make_url(admin).set(database=name).render_as_string(hide_password=False)
