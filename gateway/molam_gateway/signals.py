"""Wakes the workers of other processes on the same database, which look for work by themselves every second."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol

from .storage.port import StoreError

_INTERVAL = 0.2
_PAUSE = 1.0

logger = logging.getLogger("molam_gateway.signals")


class Channel(Protocol):
    """What carries signals between processes."""

    async def tell(self) -> None:
        """Wake the listeners in other processes."""
        ...

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` for each signal, until the connection is lost. Raises StoreError."""
        ...


@contextlib.asynccontextmanager
async def signals(channel: Channel, wake: Callable[[], None]) -> AsyncGenerator[Callable[[], None]]:
    """While the block runs, others' signals wake this process; calling what it gets wakes this one and all others.

    Others hear at most five times a second of one process.
    """
    news = asyncio.Event()

    def wake_all() -> None:
        wake()
        news.set()

    async def tell() -> None:
        await news.wait()
        news.clear()
        await channel.tell()
        await asyncio.sleep(_INTERVAL)

    tasks = [asyncio.create_task(_for_ever(tell)), asyncio.create_task(_for_ever(lambda: channel.listen(wake)))]
    try:
        yield wake_all
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _for_ever(step: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await step()
        except StoreError as error:
            logger.warning("no signals between processes for a moment: %s", error)
            await asyncio.sleep(_PAUSE)
