"""The SQLite driver: one writer under a lock, one reader beside it, both on the event loop."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from .port import BusyError, IntegrityError, Parameters, Question, Reader, Row, StoreError, Transaction

_OPEN_TIMEOUT = 5.0
_RETRY_INTERVAL = 0.02
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def _as_mapping(cursor: sqlite3.Cursor, values: Sequence[object]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


@contextmanager
def _errors() -> Generator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IntegrityError(str(error)) from error
    except sqlite3.Error as error:
        busy = (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _BUSY
        raise (BusyError if busy else StoreError)(str(error)) from error


class _Connection:
    """Statements on one connection; nothing here waits, the signatures are the port's."""

    for_update = ""
    skip_locked = ""

    def __init__(self, path: Path, *, durable: bool) -> None:
        self.kept: dict[tuple[str, str], Any] = {}
        with _errors():
            self.raw = sqlite3.connect(
                path, timeout=_OPEN_TIMEOUT, isolation_level=None, check_same_thread=False, cached_statements=512
            )
            self.raw.row_factory = _as_mapping
            self.raw.execute("PRAGMA journal_mode = WAL")
            self.raw.execute("PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = OFF")
            self.raw.execute("PRAGMA foreign_keys = ON")
            self.raw.execute("PRAGMA busy_timeout = 0")

    async def fetch_one(self, sql: str, parameters: Parameters) -> Row | None:
        rows = await self.fetch_all(sql, parameters)
        return rows[0] if rows else None

    async def fetch_all(self, sql: str, parameters: Parameters) -> list[Row]:
        with _errors():
            return self.raw.execute(sql, parameters).fetchall()

    async def fetch_each(self, *questions: Question) -> list[list[Row]]:
        return [await self.fetch_all(*each) for each in questions]

    async def execute(self, sql: str, parameters: Parameters) -> int:
        with _errors():
            return self.raw.execute(sql, parameters).rowcount

    async def write(self, sql: str, parameters: Parameters, otherwise: StoreError | None = None) -> None:
        if not await self.execute(sql, parameters) and otherwise is not None:
            raise otherwise

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        with _errors():
            self.raw.execute("SAVEPOINT step")
        try:
            yield
        except BaseException:
            self.kept.clear()
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

    shared = False

    def __init__(self, path: str | Path, *, durable: bool = True, busy_timeout: float = 5.0) -> None:
        self._writer = _Connection(Path(path), durable=durable)
        self._reader = _Connection(Path(path), durable=durable)
        self._busy_timeout = busy_timeout
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Begin a write transaction; BusyError if another process does not finish in time."""
        give_up_at = time.monotonic() + self._busy_timeout
        async with self._lock:
            raw = self._writer.raw
            await self._begin(give_up_at)
            self._writer.kept.clear()
            try:
                yield self._writer
                with _errors():
                    raw.execute("COMMIT")
            finally:
                if raw.in_transaction:
                    with _errors():
                        raw.execute("ROLLBACK")

    async def _begin(self, give_up_at: float) -> None:
        """Wait for the other process without stopping the loop."""
        while True:
            try:
                await self._writer.execute("BEGIN IMMEDIATE", {})
            except BusyError:
                if time.monotonic() >= give_up_at:
                    raise
                await asyncio.sleep(_RETRY_INTERVAL)
            else:
                return

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Reader]:
        """Committed rows, each statement on its own."""
        yield self._reader

    @asynccontextmanager
    async def alone(self, purpose: str, patience: float) -> AsyncGenerator[None]:
        """There are no other processes."""
        yield

    async def close(self) -> None:
        """Close both connections."""
        self._writer.raw.close()
        self._reader.raw.close()
