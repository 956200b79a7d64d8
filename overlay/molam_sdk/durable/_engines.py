"""A user's engine as the durable parts use it: own transactions, hidden parameters, StorageError for failures."""

from __future__ import annotations

import contextlib
import os
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import SingletonThreadPool, StaticPool

from ..errors import ConfigurationError, MolamError
from ._failures import FOREIGN, guarded, is_conflict, is_duplicate, storage_error
from ._transactions import Transaction, in_one_select, in_one_statement, in_transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from sqlalchemy import Connection, GenerativeSelect, Insert, Table

T = TypeVar("T")
S = TypeVar("S", bound="GenerativeSelect")

TRIES = 5
_MARIADB_SKIPS = (10, 6)
_MYSQL_SKIPS = (8, 0, 1)


class Database:
    """An engine, and what is kept in it ("the journal"), for the messages."""

    def __init__(self, engine: Engine, subject: str) -> None:
        self.engine = own_engine(engine)
        self.subject = subject

    def write(self, work: Callable[[Connection], T], *, single: bool = False) -> T:
        """Run `work` in a transaction of its own, again if the database gave it up for another transaction.

        Args:
            work: Statements, nothing else: it may run more than once.
            single: It is one statement, which needs no particular isolation.

        Raises:
            StorageError: The database could not be used; nothing was written, unless the commit's answer was lost.
        """
        return self._run(in_one_statement if single else in_transaction, work)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, a single SELECT without locks; see `write`."""
        return self._run(in_one_select, work)

    def _run(self, run: Callable[[Connection, Callable[[Connection], T]], T], work: Callable[[Connection], T]) -> T:
        tries = 0
        failure: MolamError
        while True:
            tries += 1
            begun = False
            try:
                with self.engine.connect() as connection:
                    begun = True
                    return run(connection, work)
            except MolamError as error:
                failure, again = error.with_traceback(None), False  # the frames of `work` hold rows
            except FOREIGN as error:
                failure = storage_error(self.subject, error, begun=begun)
                again = is_conflict(error) and tries < TRIES
            if not again:
                raise failure  # outside the handler: the driver's error knows the parameters

    @contextlib.contextmanager
    def transaction(self) -> Generator[Connection]:
        """A transaction for other people's work too: what they raise undoes it and comes out as it is.

        Raises:
            StorageError: It could not be begun or committed.
        """
        with contextlib.ExitStack() as stack:
            connection = guarded(self.subject, lambda: stack.enter_context(self.engine.connect()), begun=False)
            own = Transaction(connection)
            stack.callback(own.end)
            guarded(self.subject, own.begin, begun=False)
            yield connection
            guarded(self.subject, own.commit)


def own_engine(engine: Engine) -> Engine:
    """A view of `engine` that shares its pool and never logs a parameter.

    Raises:
        ConfigurationError: It is no engine of SQLite, PostgreSQL, MySQL or MariaDB, or one in memory.
    """
    if not isinstance(engine, Engine):  # pyright: ignore[reportUnnecessaryIsInstance] - users without a type checker
        raise ConfigurationError(f"engine must be a sqlalchemy.Engine, not {type(engine).__name__}")
    if engine.dialect.name not in ("sqlite", "postgresql", "mysql", "mariadb"):
        raise ConfigurationError(f"engine is for {engine.dialect.name}; use SQLite, PostgreSQL, MySQL or MariaDB")
    if isinstance(engine.pool, (StaticPool, SingletonThreadPool)):
        raise ConfigurationError(
            "engine keeps one connection for everybody, as databases in memory do, so that nothing could be committed"
            " apart from your own transactions or outlive the process: use a file or a server"
        )
    own = engine.execution_options()
    own.hide_parameters = True
    _SEEN.add(engine)
    return own


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
