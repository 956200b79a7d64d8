"""The databases that the gateway is tested on: SQLite files, and schemas of their own in a PostgreSQL server."""

import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg.sql import SQL, Identifier

from molam_gateway.storage.migrate import migrate_postgres, migrate_sqlite
from molam_gateway.storage.port import Store
from molam_gateway.storage.postgres import PostgresStore
from molam_gateway.storage.postgres_url import PostgresUrl, parse
from molam_gateway.storage.sqlite import SqliteStore
from tests.servers import server

_KEPT = "alembic_version"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


class GatewayDatabase(Protocol):
    """A migrated database of one test."""

    def store(self) -> Store:
        """A new driver on it."""
        ...


@dataclass(frozen=True)
class SqliteFile:
    """A file that only has to survive the test."""

    path: Path
    busy_timeout: float = 5.0

    def store(self) -> Store:
        return SqliteStore(self.path, durable=False, busy_timeout=self.busy_timeout)


@dataclass(frozen=True)
class PostgresSchema:
    """A schema that commits without waiting for the disk; `url` is what `--database` takes.

    Its connections bear its name as that of their application.
    """

    name: str
    url: str

    @property
    def parsed(self) -> PostgresUrl:
        return parse(self.url)

    def store(self) -> PostgresStore:
        return PostgresStore(self.parsed)

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection beside the gateway's, without transactions."""
        return psycopg.connect(self.url, autocommit=True)

    def empty(self) -> None:
        """Delete every row, which costs a tenth of truncating small tables."""
        with self.connect() as connection:
            tables = [str(row[0]) for row in connection.execute(_TABLES) if row[0] != _KEPT]
            connection.execute("SET session_replication_role = replica")
            connection.execute(SQL("; ").join(SQL("DELETE FROM {}").format(Identifier(table)) for table in tables))


@contextmanager
def postgres_schema(*, migrated: bool = True) -> Generator[PostgresSchema]:
    """A new schema; skips the test, or fails it with `CI` set, where there is no server."""
    url = server("postgresql").render_as_string(hide_password=False)
    name = f"molam_gateway_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(SQL("CREATE SCHEMA {}").format(Identifier(name)))
        try:
            separator = "&" if "?" in url else "?"
            options = f"-csearch_path%3D{name}%20-csynchronous_commit%3Doff"
            schema = PostgresSchema(name, f"{url}{separator}application_name={name}&options={options}")
            if migrated:
                migrate_postgres(schema.parsed)
            yield schema
        finally:
            admin.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(name)))


def sqlite_template(directory: Path) -> SqliteFile:
    """A migrated file for tests to copy."""
    migrate_sqlite(directory / "template.db")
    return SqliteFile(directory / "template.db")


def copied(template: SqliteFile, directory: Path) -> SqliteFile:
    """A file of one test's own."""
    return SqliteFile(Path(shutil.copy(template.path, directory / "gateway.db")))
