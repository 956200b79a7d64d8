"""The port between statements and a database: what a driver must offer."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = Mapping[str, Any]
"""One row by column name."""

Value: TypeAlias = str | int | float | bytes | None
Parameters: TypeAlias = Mapping[str, Value]


class StoreError(Exception):
    """The database refused or could not be reached; the transaction was rolled back."""


class BusyError(StoreError):
    """Another writer was in the way (locked, serialisation failure, deadlock): the transaction may be repeated."""


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

    async def execute(self, sql: str, parameters: Parameters) -> int:
        """Run a write and return the number of rows it touched."""
        ...

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """A block whose writes alone are undone when it raises."""
        ...


class Store(Protocol):
    """A database with the gateway's schema."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a write transaction; BusyError if another writer does not finish in time."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Reader]:
        """Committed rows, each statement on its own."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
