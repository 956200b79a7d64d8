"""How the synchronous client waits; `async_waiting` has the same names for the asynchronous one."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from .observe import not_awaited

if TYPE_CHECKING:
    from threading import Lock

    from .home import HomeRegion

ASYNCHRONOUS = False
sleep = time.sleep
finish_hooks = not_awaited
finish_last_hooks = not_awaited


def within(_: float) -> nullcontext[None]:
    """Nothing ends the work of a thread from outside: what it calls has timeouts of its own."""
    return nullcontext()


def turn_of(home: HomeRegion) -> Lock:
    """Return the lock of whoever asks for the home region."""
    return home.lock


def taken(turn: Lock, seconds: float) -> bool:
    """Take a lock; return whether that was possible in time."""
    return turn.acquire(timeout=seconds)
