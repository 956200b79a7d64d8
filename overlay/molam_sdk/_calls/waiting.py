"""How the synchronous client waits; `async_waiting` has the same names for the asynchronous one."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from .observe import not_run

if TYPE_CHECKING:
    from threading import Lock

    from .home import HomeRegion
    from .observe import Pending

ASYNCHRONOUS = False
sleep = time.sleep


def finish_hooks(pending: Pending) -> None:
    """Log the hooks that are coroutines, which nobody awaits for the synchronous client."""
    if pending:
        not_run(pending, "it is asynchronous, which needs MolamAsyncClient")


finish_last_hooks = finish_hooks


def within(_: float) -> nullcontext[None]:
    """Nothing ends the work of a thread from outside: what it calls has timeouts of its own."""
    return nullcontext()


def turn_of(home: HomeRegion) -> Lock:
    """Return the lock of whoever asks for the home region."""
    return home.lock


def taken(turn: Lock, seconds: float) -> bool:
    """Take a lock; return whether that was possible in time."""
    return turn.acquire(timeout=seconds)
