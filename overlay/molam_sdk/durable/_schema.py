"""Makes the durable tables where they are missing; knows the modules that define one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from .._front_door import async_front_door, front_door
from ..errors import ConfigurationError
from ._engines import check_engine
from ._extras import load
from ._failures import FOREIGN, is_conflict, is_locked, is_there_already, storage_error
from ._inbox import tables as _inbox
from ._journal import tables as _journal
from ._metadata import metadata
from ._store import tables as _store
from ._subscriptions import tables as _subscriptions

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["create_tables", "create_tables_async", "metadata"]

_TRIES = 20  # other processes may be making them too, table by table
_PATIENT = 3  # tries of them that may end with a lock of somebody else; each waits for as long as the driver does
_DEFINED = (_inbox, _journal, _store, _subscriptions)


@front_door
def create_tables(bind: Engine | Connection) -> None:
    """Create the durable tables and indexes that are missing; those that exist stay as they are.

    For an AsyncEngine there is `create_tables_async`, for an AsyncConnection
    `await connection.run_sync(create_tables)`. Where you have migrations, use the SDK's instead.

    Raises:
        ConfigurationError: It is neither an Engine nor a Connection, or of a database that nothing can be kept in.
        StorageError: The database does not let them be made.
    """
    if not isinstance(bind, (Engine, Connection)):  # pyright: ignore[reportUnnecessaryIsInstance] - users without checks
        raise ConfigurationError(
            f"create_tables needs a sqlalchemy.Engine or Connection, not {type(bind).__name__};"
            " for an AsyncEngine use `await create_tables_async(engine)`"
        )
    check_engine(bind.engine)
    tries = _TRIES if isinstance(bind, Engine) else 1
    while True:
        tries -= 1
        try:
            metadata.create_all(bind)
        except FOREIGN as error:
            failure = storage_error("the schema", error)
            again = _may_try_again(error, tries)
        else:
            return
        if not again:
            raise failure


@async_front_door
async def create_tables_async(engine: AsyncEngine) -> None:
    """Do the same for an AsyncEngine.

    Raises:
        ConfigurationError: It is none, or of a database that nothing can be kept in, or greenlet is not installed.
        StorageError: The database does not let them be made.
    """
    asyncio = load("_async_engines")  # needs greenlet, which synchronous programs do without
    if not isinstance(engine, asyncio.AsyncEngine):  # pyright: ignore[reportUnnecessaryIsInstance] - users without checks
        raise ConfigurationError(
            f"create_tables_async needs a sqlalchemy.ext.asyncio.AsyncEngine, not {type(engine).__name__}"
        )
    check_engine(engine.sync_engine)
    tries = _TRIES
    while True:
        tries -= 1
        try:
            async with engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
        except FOREIGN as error:
            failure = storage_error("the schema", error)
            again = _may_try_again(error, tries)
        else:
            return
        if not again:
            raise failure


def _may_try_again(error: Exception, left: int) -> bool:
    if is_locked(error):
        return left > _TRIES - _PATIENT
    return left > 0 and (is_there_already(error) or is_conflict(error))
