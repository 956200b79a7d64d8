"""Brings a database to the newest schema revision."""

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .port import StoreError

if TYPE_CHECKING:
    import psycopg
    import sqlalchemy

    from .postgres_url import PostgresUrl

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = b"SELECT pg_try_advisory_lock(hashtext('molam_gateway.migrate'), hashtext(current_schema()))"
"""Tried again and again: an index that is built concurrently would wait for who waits in a statement."""

_LIMITS = b"SET statement_timeout = 0; SET lock_timeout = 1000"
"""Whoever comes to a table behind a migration that waits for it waits as long."""

_TRIES = 60
_PAUSE = 0.5
_FIND_VERSIONS = b"SELECT to_regclass('alembic_version') IS NOT NULL"
_FIND_VERSION = b"SELECT version_num FROM alembic_version"


def newest_revision() -> str:
    """The number of the last file in `migrations/versions`."""
    return max(path.name[:4] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def is_current(database: "Path | PostgresUrl") -> bool:
    """Whether a database has the tables of this version. Raises StoreError where it cannot be asked."""
    if isinstance(database, Path):
        try:
            return _revision_of(database) == newest_revision()
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{database}: {error}") from None
    import psycopg

    from .postgres_errors import translated

    try:
        with psycopg.connect(database.conninfo, autocommit=True) as connection:
            return _is_newest(connection, database)
    except psycopg.Error as error:
        raise StoreError(f"{database.shown}: {translated(error, connection_lost=False)}") from None


def migrate_sqlite(path: str | Path) -> None:
    """Apply what is missing in a SQLite file, which is made if need be; costs next to nothing if nothing is.

    A new file is a copy of the first that this process has made.
    """
    file = Path(path)
    if _revision_of(file) == newest_revision():
        return
    is_new = not file.exists() or file.stat().st_size == 0
    if is_new and _new_files:
        _restore(file, _new_files[0])
        return
    from sqlalchemy import URL
    from sqlalchemy.exc import SQLAlchemyError

    try:
        migrate(URL.create("sqlite", database=str(path)))
    except SQLAlchemyError as error:
        raise StoreError(f"{path}: the tables could not be made: {error}") from error
    if is_new and hasattr(sqlite3.Connection, "serialize"):  # SQLite may be built without it
        _new_files[:] = [_serialized(file)]


_new_files: list[bytes] = []


def _restore(path: Path, content: bytes) -> None:
    """Put a database into an empty file, in one transaction."""
    with (
        contextlib.closing(sqlite3.connect(":memory:")) as memory,
        contextlib.closing(sqlite3.connect(path)) as connection,
    ):
        memory.deserialize(content)
        memory.backup(connection)


def _serialized(path: Path) -> bytes:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.serialize()


def migrate_postgres(url: "PostgresUrl") -> None:
    """Apply what is missing in a PostgreSQL database, one process at a time; each revision is a transaction.

    A revision that finds a table in use lets the others pass after a second, and tries again for a minute and a half.
    Raises StoreError if that cannot be done, and for a database that a newer version of the gateway has migrated.
    """
    import psycopg

    from .postgres_errors import translated

    try:
        with psycopg.connect(url.conninfo, autocommit=True) as connection:
            if _is_newest(connection, url):
                return
            while not _found(connection, _LOCK):
                time.sleep(_PAUSE)
            connection.execute(_LIMITS)
            if not _is_newest(connection, url):
                connection.autocommit = False
                _upgrade_postgres(connection)
    except psycopg.Error as error:
        raise StoreError(f"{url.shown}: {translated(error, connection_lost=False)}") from None


def _found(connection: "psycopg.Connection[tuple[Any, ...]]", question: bytes) -> bool:
    row = connection.execute(question).fetchone()
    return bool(row and row[0])


def _is_newest(connection: "psycopg.Connection[tuple[Any, ...]]", url: "PostgresUrl") -> bool:
    row = connection.execute(_FIND_VERSION).fetchone() if _found(connection, _FIND_VERSIONS) else None
    if row is not None and str(row[0]) > newest_revision():
        raise StoreError(f"{url.shown}: a newer version of the gateway has changed the tables")
    return row is not None and row[0] == newest_revision()


def _upgrade_postgres(connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
    """Migrate on the connection that holds the lock."""
    import sqlalchemy
    from psycopg.errors import LockNotAvailable
    from sqlalchemy.exc import SQLAlchemyError

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=sqlalchemy.StaticPool
    )
    for left in reversed(range(_TRIES)):
        try:
            _upgrade(engine)
        except SQLAlchemyError as error:
            cause = _cause(error)
            if not (left and isinstance(cause, LockNotAvailable)):
                raise StoreError(f"the tables could not be made: {cause}") from None
            time.sleep(_PAUSE)
        else:
            return


def _cause(error: BaseException) -> BaseException:
    """What the driver said, which the end of the transaction may have hidden behind an error of its own."""
    while not (found := getattr(error, "orig", None)) and error.__context__ is not None:
        error = error.__context__
    return found or error


def migrate(url: "str | sqlalchemy.URL") -> None:
    """Apply what is missing in the database at a SQLAlchemy URL."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(url)
    try:
        _upgrade(engine)
    finally:
        engine.dispose()


def _upgrade(engine: "sqlalchemy.Engine") -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision_of(path: Path) -> str | None:
    if not path.exists():
        return None
    connection = sqlite3.connect(path)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    finally:
        connection.close()
    return None if row is None else row[0]
