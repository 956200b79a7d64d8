"""Sends several statements in one packet and reads what became of them, without a cursor for each.

A payment writes some thirty rows. In psycopg's pipeline mode each of its cursors flushes by itself; here all of them
leave together, a question with the writes before it, which costs about a tenth of the processor time. The commands are
libpq's (chapter "Pipeline Mode" of the PostgreSQL documentation), as `psycopg.pq` offers them.
"""

import itertools
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors, generators
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format, PipelineStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import AsyncRowFactory, DictRow, dict_row

from .port import Row, StoreError, Value


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with `$1` for its first argument; `otherwise` is raised if it touches no row."""

    statement: bytes
    arguments: Sequence[Value] = ()
    otherwise: StoreError | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """How many rows each statement of a batch touched, and those that the last one found."""

    touched: Sequence[int]
    rows: list[Row]


class BatchConnection(psycopg.AsyncConnection[DictRow]):
    """A connection that knows which statements it has prepared."""

    def __init__(self, pgconn: PGconn, row_factory: AsyncRowFactory[Any] = dict_row) -> None:
        super().__init__(pgconn, row_factory)
        self._names: dict[bytes, bytes] = {}
        self._named = itertools.count()

    async def send_batch(self, statements: Sequence[Statement]) -> Results:
        """Run the statements in their order.

        Raises psycopg.Error for the first that fails: those behind it are not run.
        """
        async with self.lock:
            return await self.wait(self._exchange(statements))

    def _exchange(self, statements: Sequence[Statement]) -> Generator[Any, Any, Results]:
        fresh: list[bytes] = []
        self.pgconn.enter_pipeline_mode()
        try:
            counts = [counted for each in statements for counted in self._send(each, fresh)]
            self.pgconn.pipeline_sync()
            yield from generators.send(self.pgconn)
            touched: list[int] = []
            last: PGresult | None = None
            failure: psycopg.Error | None = None
            for counted in (*counts, False):  # the last one is the answer to the synchronisation
                results: list[PGresult] = yield from generators.fetch_many(self.pgconn)
                if results[0].status == ExecStatus.FATAL_ERROR:
                    failure = failure or errors.error_from_result(results[0], encoding=self.info.encoding)
                elif counted:
                    last = results[0]
                    touched.append(last.command_tuples or 0)
            if isinstance(failure, errors.InvalidSqlStatementName):
                self._names.clear()  # somebody deallocated them
            if failure is not None:
                raise failure
            return Results(touched, self._rows(last))
        except BaseException:
            for statement in fresh:  # whether they were prepared is not known: they get other names next time
                self._names.pop(statement, None)
            raise
        finally:
            _leave_pipeline(self.pgconn)

    def _rows(self, result: PGresult | None) -> list[Row]:
        if result is None or result.status != ExecStatus.TUPLES_OK or not result.ntuples:
            return []
        loading = Transformer(self)
        loading.set_pgresult(result)
        names = [(result.fname(number) or b"").decode() for number in range(result.nfields)]
        return loading.load_rows(0, result.ntuples, lambda values: dict(zip(names, values, strict=True)))

    def _send(self, given: Statement, fresh: list[bytes]) -> Generator[bool]:
        """Hand a statement to libpq, which keeps it until it is flushed; says which commands touch rows."""
        if not given.arguments:
            self.pgconn.send_query_params(given.statement, None)
            yield True
            return
        name = self._names.get(given.statement)
        if name is None:
            name = self._names[given.statement] = b"_molam_%d" % next(self._named)
            fresh.append(given.statement)
            self.pgconn.send_prepare(name, given.statement)
            yield False
        arguments = [_dumped(each) for each in given.arguments]
        formats = [Format.BINARY if isinstance(each, bytes) else Format.TEXT for each in given.arguments]
        self.pgconn.send_query_prepared(name, arguments, formats)
        yield True


def _dumped(value: Value) -> bytes | None:
    match value:
        case None | bytes():
            return value
        case str():
            if "\0" in value:
                raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
            return value.encode()
        case bool():
            return b"t" if value else b"f"
        case _:
            return str(value).encode()


def _leave_pipeline(pgconn: PGconn) -> None:
    """Leave the pipeline; a connection that is in the midst of something cannot be used any more."""
    if pgconn.pipeline_status != PipelineStatus.OFF:
        try:
            pgconn.exit_pipeline_mode()
        except psycopg.OperationalError:
            pgconn.finish()
