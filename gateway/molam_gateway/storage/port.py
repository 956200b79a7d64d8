"""The port between statements and a database: what a driver must offer."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = Mapping[str, Any]
"""One row by column name."""

Value: TypeAlias = str | int | float | bytes | None
Parameters: TypeAlias = Mapping[str, Value]

Question: TypeAlias = tuple[str, Parameters]
"""A statement whose rows are wanted."""


class StoreError(Exception):
    """The database refused or could not be reached; but for UncertainCommitError, the transaction was rolled back."""


class BusyError(StoreError):
    """Nothing was written, and the transaction may be repeated.

    Another writer was in the way (locked, deadlock), all connections are in use, or one was lost before the commit.
    """


class UncertainCommitError(StoreError):
    """The connection was lost during the commit, and nobody could be asked: the transaction may have been committed.

    What guards itself (a lease's token, an idempotency key) may be repeated, and then finds its own result.
    """


class IntegrityError(StoreError):
    """A constraint forbade the write."""


class Reader(Protocol):
    """Runs statements with `:name` parameters, in the SQL that SQLite 3.35 and PostgreSQL 15 share."""

    async def fetch_one(self, sql: str, parameters: Parameters) -> Row | None:
        """The first row, or None."""
        ...

    async def fetch_all(self, sql: str, parameters: Parameters) -> list[Row]:
        """Every row."""
        ...


class Transaction(Reader, Protocol):
    """A write transaction: commits when its block ends, rolls back when the block raises."""

    @property
    def for_update(self) -> str:
        """What a SELECT ends in to lock its rows: empty where the whole database is locked anyway."""
        ...

    @property
    def skip_locked(self) -> str:
        """What a SELECT ends in to lock those of its rows that nobody else has locked: empty likewise."""
        ...

    @property
    def kept(self) -> dict[tuple[str, str], Any]:
        """Records that this transaction has locked, as they are now, by table and id: nobody else can change them."""
        ...

    async def fetch_each(self, *questions: Question) -> list[list[Row]]:
        """The rows of several statements, run in their order, which travel together."""
        ...

    async def execute(self, sql: str, parameters: Parameters) -> int:
        """Run a write and return the number of rows it touched."""
        ...

    async def write(self, sql: str, parameters: Parameters, otherwise: StoreError | None = None) -> None:
        """Run a write of which nobody needs to know how many rows it touched.

        It may travel together with what follows, the commit at the latest, and so may its error. `otherwise` is
        raised, before anything is committed, if it touched none.
        """
        ...

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """A block whose writes alone are undone when it raises."""
        ...


class Store(Protocol):
    """A database with the gateway's schema."""

    @property
    def shared(self) -> bool:
        """Whether other processes may work on it at the same time."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a write transaction; BusyError if another writer does not finish in time."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Reader]:
        """Committed rows, each statement on its own."""
        ...

    def alone(self, purpose: str, patience: float) -> AbstractAsyncContextManager[None]:
        """Keep other processes from a block of this purpose; BusyError if one of them is in it for so many seconds."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
