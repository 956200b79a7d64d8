"""What a client has on its event loops: connections that end with them, if nobody closes them before."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from .async_dial import dial
from .async_slots import AsyncSlots, aborted
from .per_process import PerProcess
from .slots import closed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .async_connection import AsyncConnection
    from .peer import Peer


class Region:
    """The connections to one host, and how more of them are opened.

    Attributes:
        peer: The host.
        slots: Its connections.
    """

    __slots__ = ("_opening", "peer", "slots")

    def __init__(self, peer: Peer, slots: AsyncSlots) -> None:
        self.peer = peer
        self.slots = slots
        self._opening: set[asyncio.Task[AsyncConnection]] = set()

    async def dial(self, seconds: float, ends_at: float) -> AsyncConnection:
        """Open a connection in a slot that was taken.

        If that is cancelled, the opening goes on and keeps the slot: what it opens is for the next call.
        """
        opening = asyncio.get_running_loop().create_task(dial(self.peer, seconds, ends_at))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        try:
            connection = await asyncio.shield(opening)
        except asyncio.CancelledError:
            if opening.cancelled() and self.slots.is_closed:
                raise closed() from None
            self.slots.keep()
            opening.add_done_callback(self._give_back)
            raise
        if self.slots.is_closed:
            connection.abort()
            raise closed()
        self.slots.add(connection)
        return connection

    def discard(self) -> None:
        """Close every connection, since their loop has closed without it; in whatever thread."""
        self.slots.discard()

    async def aclose(self) -> None:
        """Close every connection, whatever it is doing, and give up those that are being opened."""
        await self.slots.aclose()
        opening = tuple(self._opening)
        for task in opening:
            task.cancel()
        if opening:
            await asyncio.wait(opening)
        await aborted([task.result() for task in opening if not task.cancelled() and task.exception() is None])

    def _give_back(self, opening: asyncio.Task[AsyncConnection]) -> None:
        failed = opening.cancelled() or opening.exception() is not None
        self.slots.give_opened(None if failed else opening.result())


class Home:
    """The hosts of one event loop, by name."""

    def __init__(self) -> None:
        self.regions: dict[str, Region] = {}
        self._closer = _close_at_shutdown(self.regions)
        with contextlib.suppress(StopIteration):
            self._closer.asend(None).send(None)

    async def aclose(self) -> None:
        """Close every connection, whatever it is doing."""
        await self._closer.aclose()

    def refuse(self) -> None:
        """Let no call have a connection any more; in whatever thread."""
        for region in list(self.regions.values()):
            region.slots.refuse()

    def close_idle(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have what idles closed by its loop, and what was given back by then; in whatever thread."""

        def close() -> None:
            for region in list(self.regions.values()):
                region.slots.close_idle()

        try:
            loop.call_soon_threadsafe(close)
        except RuntimeError:
            self.discard()

    def discard(self) -> None:
        """Close every connection of a loop that has closed without closing them; in whatever thread."""
        with contextlib.ExitStack() as stack:  # which calls each, whatever another raises
            for region in list(self.regions.values()):
                stack.callback(region.discard)

    def forget(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have it closed by its loop; in whatever thread."""
        closer = self._closer

        def close() -> None:
            task = loop.create_task(closer.aclose())
            _closing.add(task)
            task.add_done_callback(_closing.discard)

        try:
            loop.call_soon_threadsafe(close)
        except RuntimeError:
            self.discard()


class ByLoop(WeakKeyDictionary[asyncio.AbstractEventLoop, Home]):
    """The home on each event loop."""


class Homes(PerProcess[ByLoop]):
    """The connections of a process on its event loops; a forked child begins with none.

    Attributes:
        is_closed: Whether nothing is to be sent any more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.is_closed = False
        super().__init__(ByLoop, forget)

    def find(self, name: str) -> Region | None:
        """Return the host of that name, None as long as nobody has opened it on the running loop."""
        home = self.own().get(asyncio.get_running_loop())
        return None if home is None else home.regions.get(name)

    def open(self, name: str, peer: Peer) -> Region:
        """Return the host of that name, which has no connections yet; it is closed if the homes are."""
        homes = self.own()
        loop = asyncio.get_running_loop()
        home = homes.get(loop)
        if home is None:
            discard_closed(homes)
            home = homes[loop] = Home()
        region = home.regions[name] = Region(peer, AsyncSlots(self._most))
        if self.is_closed:  # looked at after it can be found: whoever closes misses none
            region.slots.refuse()
        return region

    async def aclose(self) -> None:
        """Close the connections of the running loop, and those that a closed loop has left.

        On other loops no call gets a connection any more: those that idle are closed when the loop comes round to it,
        and those in use once they are not.
        """
        self.is_closed = True
        homes = self.own()
        home = homes.pop(asyncio.get_running_loop(), None)
        discard_closed(homes)
        for loop in filter(None, [ref() for ref in homes.keyrefs()]):
            elsewhere = homes.get(loop)
            if elsewhere is not None:
                elsewhere.refuse()
                elsewhere.close_idle(loop)
        if home is not None:
            await home.aclose()


def forget(homes: ByLoop) -> None:
    """Have the connections that nobody closed closed by their loops."""
    with contextlib.ExitStack() as stack:
        for loop, home in list(homes.items()):
            stack.callback(home.forget, loop)


def discard_closed(homes: ByLoop) -> None:
    """Let go of loops that were closed without `shutdown_asyncgens()`; what they left open would keep them for good."""
    with contextlib.ExitStack() as stack:
        for loop in filter(None, [ref() for ref in homes.keyrefs()]):
            home = homes.pop(loop, None) if loop.is_closed() else None
            if home is not None:
                stack.callback(home.discard)


_closing: set[asyncio.Task[None]] = set()


async def _close_at_shutdown(regions: dict[str, Region]) -> AsyncGenerator[None, None]:
    """Close the regions when the generator is closed: by the wire, or by the loop's `shutdown_asyncgens()`."""
    try:
        yield
    finally:
        while regions:
            await regions.popitem()[1].aclose()
