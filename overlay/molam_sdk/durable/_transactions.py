"""One transaction on a connection that nobody else uses, as each of the three databases needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

T = TypeVar("T")


class Transaction:
    """BEGIN, COMMIT and ROLLBACK; asynchronous callers run each step with `run_sync`.

    PostgreSQL and MySQL run it READ COMMITTED, whatever the engine's own level is: row locks do the rest, and MySQL
    takes no gap locks then. SQLite has one writer, taken at once (BEGIN IMMEDIATE): a transaction that begins by
    reading could not wait for the lock when it comes to write. The driver's own BEGIN is switched off for this use of
    the connection only; the engine stays as its owner made it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._on_sqlite = connection.dialect.name == "sqlite"
        self._level: Any = None
        self._altered = False

    def begin(self) -> None:
        """Open it."""
        if not self._on_sqlite:
            _isolate(self._connection, "READ COMMITTED")
            self._connection.begin()
            return
        raw = self._raw
        self._level, raw.isolation_level, self._altered = raw.isolation_level, None, True
        self._connection.begin()
        if self._open:  # a listener of the engine, or autocommit=False, has begun one of its own
            self._connection.exec_driver_sql("ROLLBACK")
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make it durable."""
        if self._on_sqlite:
            self._connection.exec_driver_sql("COMMIT")
        self._connection.commit()

    def end(self) -> None:
        """Undo what was not committed, and leave the connection as it was."""
        if self._connection.invalidated or self._connection.closed:
            return
        try:
            if self._on_sqlite and self._open:
                self._connection.exec_driver_sql("ROLLBACK")
            self._connection.rollback()
        finally:
            if self._altered:
                self._raw.isolation_level = self._level

    @property
    def _raw(self) -> Any:
        return self._connection.connection.dbapi_connection

    @property
    def _open(self) -> bool:
        driver: Any = self._connection.connection.driver_connection
        return bool(driver.in_transaction)


def in_transaction(connection: Connection, work: Callable[[Connection], T], sent: Callable[[], None]) -> T:
    """Run `work` in a transaction, and roll back whatever it raises; `sent` is called before what may be committed."""
    transaction = Transaction(connection)
    try:
        transaction.begin()
        done = work(connection)
        sent()
        transaction.commit()
    finally:
        transaction.end()
    return done


def in_one_statement(connection: Connection, work: Callable[[Connection], T], sent: Callable[[], None]) -> T:
    """Run `work`, a single statement, and commit it; any isolation level will do."""
    if connection.dialect.name == "sqlite":
        return in_transaction(connection, work, sent)
    if connection.dialect.name == "postgresql":  # BEGIN and COMMIT would be round trips of their own
        _isolate(connection, "AUTOCOMMIT")
        sent()
        return work(connection)
    with connection.begin():
        sent()  # the engine may commit each statement
        return work(connection)


def in_one_select(connection: Connection, work: Callable[[Connection], T], _: Callable[[], None]) -> T:
    """Run `work`, a single SELECT; SQLite's writer is not waited for."""
    if connection.dialect.name == "sqlite":
        return work(connection)
    return in_one_statement(connection, work, lambda: None)


def _isolate(connection: Connection, level: Literal["READ COMMITTED", "AUTOCOMMIT"]) -> None:
    """Set the isolation level, which on MySQL is the first that a connection from the pool is used for.

    SQLAlchemy lets what the driver raises here through as it is, and keeps the connection.

    Raises:
        DBAPIError: The connection is of no use; the pool will not give it out again.
    """
    dialect: Any = connection.dialect
    try:
        connection.execution_options(isolation_level=level)
    except (dialect.loaded_dbapi.Error, OSError, EOFError) as error:
        failure = DBAPIError(None, None, error, connection_invalidated=True)
    else:
        return
    connection.invalidate()
    raise failure
