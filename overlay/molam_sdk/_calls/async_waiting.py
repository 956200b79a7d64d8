"""How the asynchronous client waits; `waiting` has the same names for the synchronous one."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from .observe import hook_failed, not_run

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .home import HomeRegion
    from .observe import Pending

ASYNCHRONOUS = True
sleep = asyncio.sleep


@asynccontextmanager
async def within(seconds: float) -> AsyncGenerator[None]:
    """End what is awaited in it after so long with TimeoutError.

    Raises RuntimeError for a CancelledError of something else than this task: raised as it is, it would look like a
    cancellation that nobody asked for.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except asyncio.CancelledError:
        if is_cancelled():
            raise
        raise RuntimeError("something that was awaited had been cancelled") from None


async def finish_hooks(pending: Pending) -> None:
    """Await the hooks that are coroutines; one that raises is logged and changes nothing.

    It may raise CancelledError too, of something that it awaited: that counts only where the call itself is cancelled.
    """
    for name, awaitable in pending:
        try:
            await awaitable
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            hook_failed(name)
        except Exception:  # noqa: BLE001 - a hook may raise whatever it likes
            hook_failed(name)


async def finish_last_hooks(pending: Pending) -> None:
    """Await the hooks of a call that ends, unless its coroutine is closed: then nothing can be awaited any more."""
    if isinstance(sys.exception(), GeneratorExit):
        not_run(pending, "the call was closed, not canceled")
    else:
        await finish_hooks(pending)


def is_cancelled() -> bool:
    """Whether somebody has asked the running task to end."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def turn_of(home: HomeRegion) -> asyncio.Lock:
    """Return the lock of whoever asks for the home region on this event loop."""
    turn: asyncio.Lock = home.turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    return turn


async def taken(turn: asyncio.Lock, seconds: float) -> bool:
    """Take a lock; return whether that was possible in time."""
    try:
        async with within(seconds):
            await turn.acquire()
    except TimeoutError:
        return False
    return True
