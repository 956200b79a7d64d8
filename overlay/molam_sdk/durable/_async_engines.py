"""A user's AsyncEngine as the durable parts use it; the statements are those of the synchronous half."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from ..errors import ConfigurationError, MolamError
from ._engines import TRIES, own_engine
from ._failures import FOREIGN, guarded_async, is_conflict, storage_error
from ._transactions import Transaction, in_one_select, in_one_statement, in_transaction

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


class AsyncDatabase:
    """An engine, and what is kept in it ("the journal"), for the messages."""

    def __init__(self, engine: AsyncEngine, subject: str) -> None:
        if not isinstance(engine, AsyncEngine):  # pyright: ignore[reportUnnecessaryIsInstance] - users without checks
            raise ConfigurationError(
                f"engine must be a sqlalchemy.ext.asyncio.AsyncEngine, not {type(engine).__name__}"
            )
        self.engine = AsyncEngine(own_engine(engine.sync_engine))
        self.subject = subject

    async def write(self, work: Callable[[Connection], T], *, single: bool = False) -> T:
        """See Database.write."""
        return await self._run(in_one_statement if single else in_transaction, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """See Database.read."""
        return await self._run(in_one_select, work)

    async def _run(
        self, run: Callable[[Connection, Callable[[Connection], T]], T], work: Callable[[Connection], T]
    ) -> T:
        tries = 0
        failure: MolamError
        while True:
            tries += 1
            begun = False
            try:
                async with self.engine.connect() as connection:
                    begun = True
                    return await connection.run_sync(run, work)
            except MolamError as error:
                failure, again = error.with_traceback(None), False
            except FOREIGN as error:
                failure = storage_error(self.subject, error, begun=begun)
                again = is_conflict(error) and tries < TRIES
            if not again:
                raise failure

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection]:
        """See Database.transaction."""
        async with contextlib.AsyncExitStack() as stack:
            connecting = stack.enter_async_context(self.engine.connect())
            connection = await guarded_async(self.subject, connecting, begun=False)
            own = await connection.run_sync(Transaction)
            stack.push_async_callback(connection.run_sync, lambda _: own.end())
            await guarded_async(self.subject, connection.run_sync(lambda _: own.begin()), begun=False)
            yield connection
            await guarded_async(self.subject, connection.run_sync(lambda _: own.commit()))
