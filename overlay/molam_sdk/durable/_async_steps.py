"""How the asynchronous half works on a connection; `_steps` has the same names for the synchronous one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from . import _arguments
from ._failures import guarded_async

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AsyncExitStack

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from ._guard import Guard

P = ParamSpec("P")
T = TypeVar("T")


async def connect(subject: str, engine: AsyncEngine, stack: AsyncExitStack) -> AsyncConnection:
    """Take a connection out of the pool for as long as `stack` is open; see `guarded`."""
    return await guarded_async(subject, stack.enter_async_context(engine.connect()), begun=False)


async def take(
    step: Callable[Concatenate[Connection, P], T], connection: AsyncConnection, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Take a step on a connection."""
    return await connection.run_sync(step, *args, **kwargs)


async def take_guarded(
    subject: str, step: Callable[[Connection], T], connection: AsyncConnection, *, begun: bool = True
) -> T:
    """Take a step that may fail in the database; see `guarded`."""
    return await guarded_async(subject, connection.run_sync(step), begun=begun)


def check_work(work: object) -> None:
    """Refuse what is no coroutine function; see `_arguments.check_work`."""
    _arguments.check_work(work, coroutines=True)


async def lend(guard: Guard, connection: AsyncConnection, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Lend a connection to a coroutine function; see `Guard.run`."""
    return await guard.run_async(connection, work)
