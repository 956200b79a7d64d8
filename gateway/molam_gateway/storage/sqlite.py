"""The SQLite driver: one writer under a lock, one reader beside it, both on the event loop."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from .port import BusyError, IntegrityError, Parameters, Reader, Row, StoreError, Transaction

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def _as_mapping(cursor: sqlite3.Cursor, values: Sequence[object]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


@contextmanager
def _errors() -> Generator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IntegrityError(str(error)) from error
    except sqlite3.OperationalError as error:
        busy = (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _BUSY
        raise (BusyError if busy else StoreError)(str(error)) from error


class _Connection:
    """Statements on one connection; nothing here waits, the signatures are the port's."""

    for_update = ""

    def __init__(self, path: Path, *, durable: bool, busy_timeout: float) -> None:
        with _errors():
            self.raw = sqlite3.connect(
                path, timeout=busy_timeout, isolation_level=None, check_same_thread=False, cached_statements=512
            )
            self.raw.row_factory = _as_mapping
            self.raw.execute("PRAGMA journal_mode = WAL")
            self.raw.execute("PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = OFF")
            self.raw.execute("PRAGMA foreign_keys = ON")

    async def fetch_one(self, sql: str, parameters: Parameters) -> Row | None:
        rows = await self.fetch_all(sql, parameters)
        return rows[0] if rows else None

    async def fetch_all(self, sql: str, parameters: Parameters) -> list[Row]:
        with _errors():
            return self.raw.execute(sql, parameters).fetchall()

    async def execute(self, sql: str, parameters: Parameters) -> int:
        with _errors():
            return self.raw.execute(sql, parameters).rowcount

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        with _errors():
            self.raw.execute("SAVEPOINT step")
        try:
            yield
        except BaseException:
            with _errors():
                self.raw.execute("ROLLBACK TO step")
                self.raw.execute("RELEASE step")
            raise
        with _errors():
            self.raw.execute("RELEASE step")


class SqliteStore:
    """A store in one SQLite file, used from one event loop.

    `durable=False` leaves flushing to the operating system: for throw-away sandboxes, it survives a crash of the
    process but not of the machine.
    """

    def __init__(self, path: str | Path, *, durable: bool = True, busy_timeout: float = 5.0) -> None:
        self._writer = _Connection(Path(path), durable=durable, busy_timeout=busy_timeout)
        self._reader = _Connection(Path(path), durable=durable, busy_timeout=busy_timeout)
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Begin a write transaction; BusyError if another process does not finish in time."""
        async with self._lock:
            raw = self._writer.raw
            with _errors():
                raw.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                with _errors():
                    raw.execute("COMMIT")
            finally:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Reader]:
        """Committed rows, each statement on its own."""
        yield self._reader

    async def close(self) -> None:
        """Close both connections."""
        self._writer.raw.close()
        self._reader.raw.close()
