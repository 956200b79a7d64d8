"""How an asynchronous worker waits; `waiting` has the same names for the synchronous one."""

from __future__ import annotations

import asyncio
from asyncio import Event as Signal
from contextlib import suppress
from inspect import isawaitable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

T = TypeVar("T")

__all__ = ["COROUTINES", "Signal", "completed", "pause", "returned"]

COROUTINES = True


async def pause(stop: Signal, seconds: float) -> None:
    """Wait so long, or until `stop` is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def completed(work: Coroutine[Any, Any, T]) -> T:
    """Do something to its end although the task may be cancelled meanwhile, once more."""
    begun = asyncio.ensure_future(work)
    begun.add_done_callback(_forget)
    return await asyncio.shield(begun)


async def returned(result: object) -> None:
    """Await what a function of the user returned, if it is a coroutine."""
    if isawaitable(result):
        await result


def _forget(done: asyncio.Future[T]) -> None:
    if not done.cancelled():
        done.exception()
