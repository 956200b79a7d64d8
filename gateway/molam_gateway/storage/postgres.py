"""The PostgreSQL driver: a bounded pool of connections that other processes' gateways use beside it."""

import asyncio
import contextlib
import hashlib
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from . import postgres_values as values
from .pool_figures import PoolFigures
from .port import BusyError, Parameters, Question, Reader, Row, StoreError, Transaction, UncertainCommitError
from .postgres_batch import BatchConnection, Results, Statement
from .postgres_errors import lost, translated
from .postgres_url import PostgresUrl

_T = TypeVar("_T")

Connection: TypeAlias = BatchConnection

_BEGIN = b"BEGIN"
_IDENTIFY = b"SELECT CAST(pg_current_xact_id_if_assigned() AS TEXT) AS xid"
_IDENTIFY_IN_SANDBOX = _IDENTIFY + b", (SELECT offset_ms FROM sandbox_clock WHERE id = 1) AS offset_ms"
_STATUS = b"SELECT pg_xact_status(CAST($1 AS xid8)) AS status"
_LOCK = b"SELECT pg_advisory_lock($1, hashtext(current_schema()))"
_LIMITS = b"SET statement_timeout = 10000; SET lock_timeout = 5000; SET idle_in_transaction_session_timeout = 15000"
_CHANNEL = b"SELECT 'molam_gateway.' || current_schema() AS channel"
_TELL = b"SELECT pg_notify('molam_gateway.' || current_schema(), $1)"
_COMMIT = b"COMMIT"
_SAVEPOINT = b"SAVEPOINT step"
_RELEASE = b"RELEASE step"
_UNDO = (Statement(b"ROLLBACK TO step"), Statement(_RELEASE))
_ROLLBACK = (Statement(b"ROLLBACK"),)
"""Sent as batches, since psycopg answers a ROLLBACK of its own by deallocating what was prepared."""

_PREPARED = 500
_PAUSE = 0.05
_ADAPTERS = values.adapters()

logger = logging.getLogger("molam_gateway.storage")


class _Statements:
    """Statements on one connection; writes leave with the next statement that is answered, or with the commit.

    A transaction's BEGIN leaves with the first of them. `identify` then asks for the transaction's id, once it has one:
    it has none before it wrote or locked something, and then nothing has to be kept or doubted.
    """

    for_update = " FOR UPDATE"
    skip_locked = " FOR UPDATE SKIP LOCKED"

    def __init__(self, store: "PostgresStore", connection: Connection, identify: Statement | None = None) -> None:
        self.connection: Connection | None = connection
        self.begun = False
        self.xid: str | None = None
        self.kept: dict[tuple[str, str], Any] = {}
        self._store = store
        self._identify = identify
        self._waiting: list[Statement] = []

    async def fetch_one(self, sql: str, parameters: Parameters) -> Row | None:
        rows = await self.fetch_all(sql, parameters)
        return rows[0] if rows else None

    async def fetch_all(self, sql: str, parameters: Parameters) -> list[Row]:
        self._waiting.append(_statement(sql, parameters))
        return (await self._answered()).rows(-1)

    async def fetch_each(self, *questions: Question) -> list[list[Row]]:
        self._waiting += [_statement(*each) for each in questions]
        results = await self._answered()
        return [results.rows(place) for place in range(-len(questions), 0)]

    async def execute(self, sql: str, parameters: Parameters) -> int:
        self._waiting.append(_statement(sql, parameters))
        return (await self._answered()).touched(-1)

    async def write(self, sql: str, parameters: Parameters, otherwise: StoreError | None = None) -> None:
        self._waiting.append(_statement(sql, parameters, otherwise))

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        before = len(self._waiting)
        mark = Statement(_SAVEPOINT)
        self._waiting.append(mark)
        try:
            yield
        except BaseException:
            self.kept.clear()
            unsent = before < len(self._waiting) and self._waiting[before] is mark
            del self._waiting[before if unsent else 0 :]
            if not unsent and self.connection is not None:
                with _errors(self):
                    await self.connection.send_batch(_UNDO)
            raise
        self._waiting.append(Statement(_RELEASE))

    async def commit(self) -> None:
        """Send what waits together with the COMMIT, or before it where the id is not known that a doubt is settled by.

        Raises psycopg.Error or what a write asks for that touched no row.
        """
        if self._waiting and self.xid is None:
            await self._flush()
        if self.begun:
            if self.connection is None:
                raise StoreError("the transaction has lost its connection")
            waiting = [each if each.otherwise is None else replace(each, guarded=True) for each in self._waiting]
            await self.connection.send_batch([*waiting, Statement(_COMMIT)])

    async def roll_back(self) -> None:
        """Undo everything, if anything was done."""
        if self.begun and self.connection is not None:
            await _roll_back(self.connection)

    @property
    def failed(self) -> bool:
        """Whether a statement failed, after which only a rollback is possible."""
        connection = self.connection
        return connection is not None and connection.info.transaction_status == TransactionStatus.INERROR

    @property
    def lost(self) -> bool:
        """Whether the connection can no longer be used."""
        return self.connection is None or lost(self.connection)

    async def _answered(self) -> Results:
        """Send what waits, the last of which is answered."""
        with _errors(self):
            return await self._flush()

    async def _flush(self) -> Results:
        """Send what waits. Raises psycopg.Error or what a write asks for."""
        waiting, self._waiting = self._waiting, []
        if self._identify is None or self.xid is not None:
            return await self._sent(waiting)
        first = 0 if self.begun else 1
        batch = [*([] if self.begun else [Statement(_BEGIN)]), *waiting, self._identify]
        results = await (self._sent(batch) if self.begun else self._sent_first(batch))
        known = results.rows(-1)[0]
        self.xid = known["xid"]
        self._store.offset_seen(known.get("offset_ms") or 0)
        return results.between(first, first + len(waiting))

    async def _sent_first(self, batch: Sequence[Statement]) -> Results:
        """Begin with these statements, on another connection if the first one turns out to be lost: nothing is done."""
        self.begun = True
        for left in reversed(range(self._store.most + 1)):
            try:
                return await self._sent(batch)
            except psycopg.Error:
                if not (left and self.lost):
                    raise
                connection, self.connection = self.connection, None
                await self._store.put_back(connection)
                self.connection = await self._store.taken()
        raise AssertionError("unreachable: the last connection begins or raises")

    async def _sent(self, batch: Sequence[Statement]) -> Results:
        if self.connection is None:
            raise StoreError("the transaction has lost its connection")
        return await self.connection.send_batch(batch)


def _statement(sql: str, parameters: Parameters, otherwise: StoreError | None = None) -> Statement:
    statement, names = values.translated(sql)
    return Statement(statement, values.arguments(names, parameters), otherwise)


@contextlib.contextmanager
def _errors(statements: _Statements) -> Generator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise translated(error, connection_lost=statements.lost) from None


class _Reader:
    """Statements each on whatever connection is free; one whose connection was lost is put again."""

    def __init__(self, store: "PostgresStore") -> None:
        self._store = store

    async def fetch_one(self, sql: str, parameters: Parameters) -> Row | None:
        return await self._store.on_some_connection(lambda run: run.fetch_one(sql, parameters))

    async def fetch_all(self, sql: str, parameters: Parameters) -> list[Row]:
        return await self._store.on_some_connection(lambda run: run.fetch_all(sql, parameters))


class PostgresStore:
    """A store in one PostgreSQL database, used from one event loop; READ COMMITTED, so whoever decides must lock.

    `pool_timeout` is what a transaction waits for a connection, `doubt_timeout` how long a lost commit is asked about.
    `sandbox` reads how far the sandbox's clock was advanced as each transaction begins, into `offset_seen`.
    """

    shared = True

    def __init__(
        self,
        url: PostgresUrl,
        *,
        connections: int = 10,
        pool_timeout: float = 5.0,
        doubt_timeout: float = 10.0,
        sandbox: bool = False,
    ) -> None:
        self._url = url
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url.conninfo,
            connection_class=BatchConnection,
            kwargs=_options(),
            configure=_configure,
            min_size=1,
            max_size=connections,
            timeout=pool_timeout,
            reconnect_timeout=pool_timeout,
            open=False,
        )
        self._opened = False
        self._name = secrets.token_hex(8)
        self.most = connections
        self._doubt_timeout = doubt_timeout
        self._identify = Statement(_IDENTIFY_IN_SANDBOX if sandbox else _IDENTIFY)
        self.offset_seen: Callable[[int], None] = _ignore

    async def check(self) -> None:
        """Raise StoreError if the database lets nobody in."""
        await (await self._connect()).close()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Begin a write transaction; BusyError if no connection becomes free in time."""
        statements = _Statements(self, await self.taken(), self._identify)
        try:
            try:
                yield statements
            except BaseException:
                await statements.roll_back()
                raise
            await self._commit(statements)
        finally:
            await self.put_back(statements.connection)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Reader]:
        """Committed rows, each statement on its own."""
        yield _Reader(self)

    @asynccontextmanager
    async def alone(self, purpose: str, patience: float) -> AsyncGenerator[None]:
        """Hold an advisory lock on a connection of its own, which frees it if the process dies."""
        connection = await self._connect()
        try:
            number = int.from_bytes(hashlib.sha256(purpose.encode()).digest()[:4], "big", signed=True)
            try:
                await connection.execute(b"SET statement_timeout = 0; SET lock_timeout = 0")
                async with asyncio.timeout(patience):
                    await connection.execute(_LOCK, [number])
            except TimeoutError:
                raise BusyError(f"another process does the same: {purpose}") from None
            except psycopg.Error as error:
                raise translated(error, connection_lost=lost(connection)) from None
            yield
        finally:
            await connection.close()

    async def tell(self) -> None:
        """Wake the listeners in other processes. (NOTIFY in a transaction would hold up everybody else's commit.)"""
        connection = await self.taken()
        try:
            await connection.execute(_TELL, [self._name])
        except psycopg.Error as error:
            raise translated(error, connection_lost=lost(connection)) from None
        finally:
            await self._pool.putconn(connection)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever another process tells; until the connection is lost, or this task is cancelled."""
        connection = await self._connect()
        try:
            row = await (await connection.execute(_CHANNEL)).fetchone()
            await connection.execute(SQL("LISTEN {}").format(Identifier(str(row and row["channel"]))))
            heard()
            async for notice in connection.notifies():
                if notice.payload != self._name:
                    heard()
        except psycopg.Error as error:
            raise translated(error, connection_lost=lost(connection)) from None
        finally:
            await connection.close()

    def pool_figures(self) -> PoolFigures:
        """How the pool is used, and what tasks waited for it since it was opened."""
        stats = self._pool.get_stats()
        size, free = stats.get("pool_size", 0), stats.get("pool_available", 0)
        return PoolFigures(
            used=size - free,
            free=free,
            most=self.most,
            waiting=stats.get("requests_waiting", 0),
            waited=stats.get("requests_wait_ms", 0) / 1000,
            timeouts=stats.get("requests_errors", 0),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close()

    async def on_some_connection(self, run: Callable[[_Statements], Awaitable[_T]]) -> _T:
        """Run one statement that only reads, on another connection if the first one turns out to be lost."""
        for left in reversed(range(self.most + 1)):
            connection = await self.taken()
            try:
                return await run(_Statements(self, connection))
            except BusyError:
                if not (left and lost(connection)):
                    raise
            finally:
                await self._pool.putconn(connection)
        raise AssertionError("unreachable: the last connection answers or raises")

    async def taken(self) -> Connection:
        """A connection of the pool; BusyError if none becomes free in time."""
        if not self._opened:
            self._opened = True
            await self._pool.open()
        try:
            return await self._pool.getconn()
        except PoolTimeout:
            raise BusyError("no connection to the database became free in time") from None

    async def put_back(self, connection: Connection | None) -> None:
        """Give a connection back to the pool."""
        if connection is not None:
            await self._pool.putconn(connection)

    async def _commit(self, statements: _Statements) -> None:
        if statements.failed:
            await statements.roll_back()
            raise StoreError("a statement had failed: the transaction was rolled back")
        try:
            await statements.commit()
        except StoreError:
            await statements.roll_back()
            raise
        except psycopg.Error as error:
            if not statements.lost:
                await statements.roll_back()
                raise translated(error, connection_lost=False) from None
            if statements.xid is None:
                raise translated(error, connection_lost=True) from None
            logger.warning("the connection was lost during a commit: asking what became of it")
            if not await self._was_committed(statements.xid):
                raise BusyError("the connection was lost before the commit") from None

    async def _was_committed(self, xid: str) -> bool:
        """Ask another connection. Raises UncertainCommitError."""
        give_up_at = time.monotonic() + self._doubt_timeout
        while time.monotonic() < give_up_at:
            with contextlib.suppress(BusyError, psycopg.Error):
                async with await self._connect() as connection:
                    row = await (await connection.execute(_STATUS, [xid])).fetchone()
                status = row["status"] if row else None
                if status in {"committed", "aborted"}:
                    return bool(status == "committed")
            await asyncio.sleep(_PAUSE)
        raise UncertainCommitError("the connection was lost during the commit, and the database does not answer")

    async def _connect(self) -> Connection:
        """A connection beside the pool."""
        try:
            connection = await BatchConnection.connect(self._url.conninfo, **_options())
        except psycopg.Error as error:
            raise translated(error, connection_lost=False) from None
        await _configure(connection)
        return connection


def _options() -> dict[str, Any]:
    """How every connection is made: transactions are begun by hand, statements have `$1` for their parameters."""
    return {
        "autocommit": True,
        "cursor_factory": psycopg.AsyncRawCursor,
        "row_factory": dict_row,
        "context": _ADAPTERS,
    }


async def _configure(connection: Connection) -> None:
    connection.prepared_max = _PREPARED
    await connection.execute(_LIMITS, prepare=False)


async def _roll_back(connection: Connection) -> None:
    """Undo what was done, which the server does by itself where the connection was lost."""
    try:
        await connection.send_batch(_ROLLBACK)
    except psycopg.Error:
        await connection.close()


def _ignore(offset_ms: int) -> None:
    pass
