"""The connections of one event loop to one host, in slots that no cancellation can lose.

Giving back never waits, and a slot that is handed to a call which is cancelled in the same moment is given on.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from .faults import PoolTimeout
from .peer import KEEPALIVE_EXPIRY
from .slots import closed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .async_connection import AsyncConnection

_LONGEST_WAIT = 3600.0


class AsyncSlots:
    """So many slots, each with or without a connection that idles; the last one used goes first.

    Attributes:
        is_closed: Whether nobody gets a slot any more, and whatever is given back is closed.
    """

    def __init__(self, most: int, expiry: float = KEEPALIVE_EXPIRY) -> None:
        self._most = self._empty = most
        self._idle: deque[AsyncConnection] = deque()
        self._busy: set[AsyncConnection] = set()
        self._waiting: OrderedDict[asyncio.Future[AsyncConnection | None], None] = OrderedDict()
        self._expiry = expiry
        self.is_closed = False

    async def take(self, ends_at: float) -> AsyncConnection | None:
        """Take a slot; return the connection that idles in it, None if it is empty.

        Raises:
            PoolTimeout: If none becomes free until the monotonic time `ends_at`.
            ConfigurationError: If they are closed, also meanwhile.
        """
        if self.is_closed:
            raise closed()
        if self._idle:
            connection: AsyncConnection | None = self._idle.pop()
        elif self._empty > 0:
            self._empty -= 1
            return None
        else:
            connection = await self._wait(ends_at)
        if connection is None:
            return None
        self._busy.add(connection)
        if connection.is_fresh(time.monotonic(), self._expiry) or await self._heard_tickets(connection):
            return connection
        self._busy.discard(connection)
        connection.abort()
        return None

    async def _heard_tickets(self, connection: AsyncConnection) -> bool:
        """Whether what has come on an idle connection was only TLS speaking for itself."""
        try:
            return await connection.is_fresh_soon(self._expiry)
        except BaseException:
            self.give_back(connection)
            raise

    def add(self, connection: AsyncConnection) -> None:
        """Take note of a connection that was opened in a slot."""
        self._busy.add(connection)

    def give_back(self, connection: AsyncConnection | None) -> None:
        """Take a slot back, with the connection in it if that may be used again."""
        if connection is not None:
            self._busy.discard(connection)
            if self.is_closed or not connection.is_reusable():
                connection.abort()
                connection = None
        self._pass_on(connection)

    def keep(self) -> None:
        """Keep a slot that its call is about to give back, for the connection that is still being opened in it."""
        self._empty -= 1

    def give_opened(self, connection: AsyncConnection | None) -> None:
        """Take a slot back that was kept, with a connection that nobody has used yet."""
        if connection is not None and self.is_closed:
            connection.abort()
            connection = None
        self._pass_on(connection)

    def sweep(self) -> bool:
        """Close what has idled for too long; return whether nobody has anything here any more."""
        now = time.monotonic()
        while self._idle and now - self._idle[0].idle_since > self._expiry:
            self._idle.popleft().abort()
            self._empty += 1
        return self._empty == self._most and not self._waiting

    def refuse(self) -> None:
        """Let nobody have a slot any more; in whatever thread."""
        self.is_closed = True

    def close_idle(self) -> None:
        """Close what idles; who waits for a slot is told that nobody gets one any more."""
        self.is_closed = True
        while self._waiting:
            turn, _ = self._waiting.popitem(last=False)
            if not turn.done():
                turn.set_exception(closed())
        while self._idle:
            self._idle.popleft().abort()
            self._empty += 1

    async def aclose(self) -> None:
        """Close every connection, whatever it is doing; who waits for one is told so."""
        closing = [*self._idle, *self._busy]
        self.close_idle()
        await aborted(closing)

    def discard(self) -> None:
        """Close every connection without their loop, which has closed; in whatever thread."""
        self.is_closed = True
        for connection in [*self._idle, *self._busy]:
            connection.discard()

    def _pass_on(self, connection: AsyncConnection | None) -> None:
        """Give a slot to whoever waits first, or to nobody."""
        if connection is None:
            self._empty += 1
        else:
            connection.idle_since = time.monotonic()
        while self._waiting and (connection is not None or self._empty > 0):
            turn, _ = self._waiting.popitem(last=False)
            if not turn.done():
                if connection is None:
                    self._empty -= 1
                turn.set_result(connection)
                return
        if connection is None:
            return
        self._idle.append(connection)
        while connection.idle_since - self._idle[0].idle_since > self._expiry:
            self._idle.popleft().abort()
            self._empty += 1

    async def _wait(self, ends_at: float) -> AsyncConnection | None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[AsyncConnection | None] = loop.create_future()
        self._waiting[turn] = None
        timer = loop.call_later(min(max(0.0, ends_at - time.monotonic()), _LONGEST_WAIT), _too_late, turn)
        try:
            connection = await turn
            if self.is_closed:
                raise closed()
            return connection
        except BaseException:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give_opened(turn.result())
            raise
        finally:
            timer.cancel()
            self._waiting.pop(turn, None)


async def aborted(connections: Sequence[AsyncConnection]) -> None:
    """Close connections, and wait until the loop has let go of them."""
    for connection in connections:
        connection.abort()
    for _ in range(10):
        if all(connection.is_lost for connection in connections):
            break
        await asyncio.sleep(0)


def _too_late(turn: asyncio.Future[AsyncConnection | None]) -> None:
    if not turn.done():
        turn.set_exception(PoolTimeout("no connection became free in time"))
