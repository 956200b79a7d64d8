"""How the asynchronous client waits; `waiting` has the same names for the synchronous one."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from .observe import left_behind, settle

if TYPE_CHECKING:
    from .home import HomeRegion
    from .observe import Pending

ASYNCHRONOUS = True
sleep = asyncio.sleep
within = asyncio.timeout
finish_hooks = settle


async def finish_last_hooks(pending: Pending) -> None:
    """Await the hooks of a call that ends, unless its coroutine is closed: then nothing can be awaited any more."""
    if isinstance(sys.exception(), GeneratorExit):
        left_behind(pending)
    else:
        await settle(pending)


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
