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

_GUARDED = b"WITH touched AS (%b RETURNING 1) SELECT 1 / CAST(EXISTS (SELECT FROM touched) AS INTEGER)"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with `$1` for its first argument; `otherwise` is raised if it touches no row.

    A `guarded` one fails in that case, so that nothing behind it in its batch is run, the COMMIT least of all.
    """

    statement: bytes
    arguments: Sequence[Value] = ()
    otherwise: StoreError | None = None
    guarded: bool = False


class Results:
    """What became of the statements of a batch, by their places in it."""

    def __init__(self, connection: "BatchConnection", found: Sequence[PGresult]) -> None:
        self._connection = connection
        self._found = found

    def touched(self, place: int) -> int:
        """How many rows a statement touched."""
        return self._found[place].command_tuples or 0

    def rows(self, place: int) -> list[Row]:
        """The rows that a statement found."""
        result = self._found[place]
        if result.status != ExecStatus.TUPLES_OK or not result.ntuples:
            return []
        loading = Transformer(self._connection)
        loading.set_pgresult(result)
        names = [(result.fname(number) or b"").decode() for number in range(result.nfields)]
        return loading.load_rows(0, result.ntuples, lambda values: dict(zip(names, values, strict=True)))

    def between(self, first: int, last: int) -> "Results":
        """Those of some statements of the batch."""
        return Results(self._connection, self._found[first:last])


class BatchConnection(psycopg.AsyncConnection[DictRow]):
    """A connection that knows which statements it has prepared."""

    def __init__(self, pgconn: PGconn, row_factory: AsyncRowFactory[Any] = dict_row) -> None:
        super().__init__(pgconn, row_factory)
        self._names: dict[bytes, bytes] = {}
        self._named = itertools.count()

    async def send_batch(self, statements: Sequence[Statement]) -> Results:
        """Run the statements in their order.

        Raises psycopg.Error for the first that fails, or what it asks for: those behind it are not run. Raises what
        the first asks for that touched no row without being guarded, after all were run.
        """
        async with self.lock:
            results = await self.wait(self._exchange(statements))
        for place, each in enumerate(statements):
            if each.otherwise is not None and not results.touched(place):
                raise each.otherwise
        return results

    def _exchange(self, statements: Sequence[Statement]) -> Generator[Any, Any, Results]:
        fresh: list[bytes] = []
        self.pgconn.enter_pipeline_mode()
        try:
            places = [place for each in enumerate(statements) for place in self._send(*each, fresh)]
            self.pgconn.pipeline_sync()
            yield from generators.send(self.pgconn)
            found: list[PGresult] = []
            failure: psycopg.Error | StoreError | None = None
            for place in (*places, None):  # the last one is the answer to the synchronisation
                results: list[PGresult] = yield from generators.fetch_many(self.pgconn)
                if results[0].status == ExecStatus.FATAL_ERROR:
                    failure = failure or self._failure(results[0], None if place is None else statements[place])
                elif place is not None:
                    found.append(results[0])
            if failure is not None:
                raise failure
            return Results(self, found)
        except BaseException:
            for statement in fresh:  # whether they were prepared is not known: they get other names next time
                self._names.pop(statement, None)
            raise
        finally:
            _leave_pipeline(self.pgconn)

    def _failure(self, result: PGresult, failed: Statement | None) -> psycopg.Error | StoreError:
        error = errors.error_from_result(result, encoding=self.info.encoding)
        if isinstance(error, errors.InvalidSqlStatementName):
            self._names.clear()  # somebody deallocated them
        if failed is not None and failed.guarded and isinstance(error, errors.DivisionByZero):
            return failed.otherwise or error
        return error

    def _send(self, place: int, given: Statement, fresh: list[bytes]) -> Generator[int | None]:
        """Hand a statement to libpq, which keeps it until it is flushed; says which commands are it."""
        statement = _GUARDED % given.statement if given.guarded else given.statement
        if not given.arguments:
            self.pgconn.send_query_params(statement, None)
            yield place
            return
        name = self._names.get(statement)
        if name is None:
            name = self._names[statement] = b"_molam_%d" % next(self._named)
            fresh.append(statement)
            self.pgconn.send_prepare(name, statement)
            yield None
        arguments = [_dumped(each) for each in given.arguments]
        formats = [Format.BINARY if isinstance(each, bytes) else Format.TEXT for each in given.arguments]
        self.pgconn.send_query_prepared(name, arguments, formats)
        yield place


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
