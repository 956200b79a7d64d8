"""A user's engine as the durable parts use it, and what the databases do differently."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import SingletonThreadPool, StaticPool

from ..errors import ConfigurationError
from ._failures import is_duplicate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, GenerativeSelect, Insert, Table

T = TypeVar("T")
S = TypeVar("S", bound="GenerativeSelect")

_MARIADB_SKIPS = (10, 6)
_MYSQL_SKIPS = (8, 0, 1)


def own_engine(engine: Engine) -> Engine:
    """A view of `engine` that shares its pool and never logs a parameter.

    Raises:
        ConfigurationError: It is no engine of SQLite, PostgreSQL, MySQL or MariaDB, or one in memory.
    """
    check_engine(engine)
    own = engine.execution_options()
    own.hide_parameters = True
    _SEEN.add(engine)
    return own


def check_engine(engine: Engine) -> None:
    """Refuse what nothing durable can be kept in; see `own_engine`."""
    if not isinstance(engine, Engine):  # pyright: ignore[reportUnnecessaryIsInstance] - users without a type checker
        raise ConfigurationError(f"engine must be a sqlalchemy.Engine, not {type(engine).__name__}")
    if engine.dialect.name not in ("sqlite", "postgresql", "mysql", "mariadb"):
        raise ConfigurationError(f"engine is for {engine.dialect.name}; use SQLite, PostgreSQL, MySQL or MariaDB")
    if isinstance(engine.pool, (StaticPool, SingletonThreadPool)):
        raise ConfigurationError(
            "engine keeps one connection for everybody, as databases in memory do, so that nothing could be committed"
            " apart from your own transactions or outlive the process: use a file or a server"
        )


def skip_locked(statement: S, connection: Connection) -> S:
    """Lock the rows that `statement` selects, without those that others have locked where the database can do that."""
    dialect: Any = connection.dialect
    if dialect.name == "sqlite":
        return statement
    if dialect.name == "postgresql":
        return statement.with_for_update(skip_locked=True)
    version = tuple(part for part in dialect.server_version_info or () if isinstance(part, int))
    skips = version >= (_MARIADB_SKIPS if dialect.is_mariadb else _MYSQL_SKIPS)
    return statement.with_for_update(skip_locked=skips)


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert `row` unless its key is there already, in one statement; return whether it was inserted.

    The transaction stays usable either way.
    """
    return run_once(connection, once(table, row), {})


def once(table: Table, values: Mapping[str, Any]) -> Mapping[str, Insert]:
    """The INSERT of `insert_once` for each dialect: making it costs more than running it."""
    kept = {"preserve_rowcount": True}
    return {
        "sqlite": sqlite.insert(table).values(values).on_conflict_do_nothing().execution_options(**kept),
        "postgresql": postgresql.insert(table).values(values).on_conflict_do_nothing().execution_options(**kept),
        "mysql": table.insert().values(values),
    }


def run_once(connection: Connection, statements: Mapping[str, Insert], parameters: Mapping[str, Any]) -> bool:
    """Run what `once` made; see `insert_once`."""
    name = connection.dialect.name
    if name in ("sqlite", "postgresql"):
        return connection.execute(statements[name], parameters).rowcount == 1
    try:  # INSERT IGNORE would swallow every other mistake as well
        connection.execute(statements["mysql"], parameters)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        return False
    return True


_SEEN: weakref.WeakSet[Engine] = weakref.WeakSet()


def _leave_to_parent() -> None:
    """Two processes on one connection would read each other's answers."""
    for engine in list(_SEEN):
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
