"""Lends out the connection of a transaction: nobody else may end it, and nothing goes on once the database has."""

from __future__ import annotations

import re
from inspect import isawaitable, iscoroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import Connection, event

from ..errors import ConfigurationError, MolamError, StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Self

    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

_ENDS = (
    r"COMMIT|END|ABORT|BEGIN|START\s+TRANSACTION|PREPARE\s+TRANSACTION|ROLLBACK(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b)"
)
_ENDS_ON_MYSQL = (
    r"ALTER|CREATE(?!\s+TEMPORARY)|DROP(?!\s+TEMPORARY)|GRANT|LOCK|RENAME|REVOKE|TRUNCATE|UNLOCK"
    r"|SET\b[^;]*\bAUTOCOMMIT"
)
_LEADING = r"(?:\s|--[^\n]*\n|#[^\n]*\n|/\*.*?\*/)*"
_STANDARD = re.compile(rf"{_LEADING}(?:{_ENDS})\b", re.IGNORECASE | re.DOTALL).match
_MYSQL = re.compile(rf"{_LEADING}(?:{_ENDS}|{_ENDS_ON_MYSQL})\b", re.IGNORECASE | re.DOTALL).match


class TransactionEnded(ConfigurationError):
    """A function committed or rolled back the connection that it was lent."""


class TransactionLost(StorageError):
    """The database rolled a transaction back by itself, and the function in it went on."""


class WrongKind(Protocol):
    """Makes the error for a function of the wrong kind; `coroutines` says which kind it should have been of."""

    def __call__(self, *, coroutines: bool) -> MolamError: ...


class Guard:
    """Watches the connection of one transaction while it is lent out.

    What it knows is on itself and on the connection's own listeners, so that nothing of it gets into the pool. DDL
    counts as an end on MySQL, which commits before it. What is done to the driver's own connection is not seen.
    """

    def __init__(self, connection: Connection, wrong_kind: WrongKind) -> None:
        """Watch a connection.

        Args:
            connection: In the transaction.
            wrong_kind: Makes the error for a function that turns out to be of the wrong kind.
        """
        self._connection = connection
        self._wrong_kind = wrong_kind
        self._transaction = connection.get_transaction()
        self._lent = False
        self._broken: TransactionEnded | TransactionLost | None = None
        event.listen(connection, "commit", self._refuse)
        event.listen(connection, "rollback", self._refuse)  # as a connection is before it is closed
        event.listen(connection, "before_cursor_execute", self._look_at)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lent = False  # whatever interrupted `run`: the SDK's own rollback comes next

    def run(self, work: Callable[[Connection], T]) -> T:
        """Lend the connection to a function.

        Raises:
            MolamError: It is asynchronous: what `wrong_kind` makes.
            TransactionEnded: It tried to end the transaction. The connection was given up at once, so that nothing of
                it can be committed.
            TransactionLost: The database did.
        """
        raised: BaseException | None = None
        try:
            self._lent = True
            return self._plain(work(self._connection))
        except BaseException as error:
            raised = error
            raise
        finally:
            self._lent = False
            self._check(raised)
            raised = None

    async def run_async(self, connection: AsyncConnection, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """The same for a coroutine function."""
        raised: BaseException | None = None
        try:
            self._lent = True
            return await self._awaitable(work(connection))
        except BaseException as error:
            raised = error
            raise
        finally:
            self._lent = False
            await connection.run_sync(lambda _: self._check(raised))
            raised = None

    def _plain(self, done: T) -> T:
        if iscoroutine(done):
            done.close()
            raise self._wrong_kind(coroutines=False)
        return done

    def _awaitable(self, begun: Awaitable[T]) -> Awaitable[T]:
        if not isawaitable(begun):
            raise self._wrong_kind(coroutines=True)
        return begun

    def _check(self, error: BaseException | None) -> None:
        broken = self._broken
        found = broken or self._found()
        if found is None:
            return
        if self._is_usable():
            self._connection.invalidate()
        # Another exception tells more, unless it is what came of this one.
        if error is None or (broken is not None and isinstance(error, Exception)):
            raise found

    def _found(self) -> TransactionEnded | TransactionLost | None:
        if self._connection.closed:
            return _ended()
        if self._connection.invalidated or self._is_gone():
            return lost()
        return None if self._connection.get_transaction() is self._transaction else _ended()

    def _is_usable(self) -> bool:
        return not self._connection.closed and not self._connection.invalidated

    def _is_gone(self) -> bool:
        """SQLite rolls back by itself when a disk is full, say; each statement would be committed at once then."""
        if self._connection.dialect.name != "sqlite":
            return False
        driver: Any = self._connection.connection.driver_connection
        return not driver.in_transaction

    def _refuse(self, _: Connection) -> None:
        if self._lent and self._is_usable():
            self._broken = self._broken or _ended()
            self._connection.invalidate()  # once closed it would be back in the pool
            raise self._broken

    def _look_at(
        self, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if not self._lent or not self._is_usable():
            return
        if self._broken is None and self._is_gone():
            self._broken = lost()
        if self._broken is not None:
            raise self._broken
        ends = _MYSQL if connection.dialect.name in ("mysql", "mariadb") else _STANDARD
        if ends(statement):
            self._refuse(connection)


def lost() -> TransactionLost:
    """The error for a transaction that is not there any more."""
    return TransactionLost(
        "the database rolled the transaction back, after a deadlock for one, and the function that had the connection"
        " went on: nothing of it was kept; let such an error through"
    )


def _ended() -> TransactionEnded:
    return TransactionEnded(
        "the function committed or rolled back the connection that it was lent, or closed it, which is done"
        " for it; use begin_nested() for a part that may fail, and another connection for anything else"
    )
