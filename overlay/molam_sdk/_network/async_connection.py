"""One connection on an event loop: a protocol with one future, and one timer that is seldom set, for each attempt."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
import time
from asyncio.selector_events import BaseSelectorEventLoop
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any, cast

from .faults import ReadError, ReadTimeout, WireError, WriteTimeout
from .http11 import Conversation
from .readiness import READ, Readiness

if TYPE_CHECKING:
    import ssl

PIECE = 64 * 1024
ROOM = 320 * 1024
"""More than TLS can bring at once: event loops read 256 KiB of it, to which a record that was begun before is added.

What has no room they hand on later, or not at all if the connection ends meanwhile.
"""

_TURNS = 3
"""Turns of the loop in which it reads what has come."""
_TORN = "TLS ended in the middle of the answer"
_CLOSED = "this client closed the connection"


class _Buffer(threading.local):
    """Where the connections of a thread read to, each in its turn: what has come is taken out at once.

    For speed: for a `Protocol` asyncio has the system map 256 KiB for each read, which costs more than the read.
    """

    def __init__(self) -> None:
        self.memory = memoryview(bytearray(ROOM))


_buffer = _Buffer()


class AsyncConnection(asyncio.BufferedProtocol):
    """A transport and what is said on it.

    Attributes:
        said: The request under way and the answer to it.
        idle_since: Monotonic time at which it was last given back.
        is_lost: Whether the transport has closed.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket | None = None) -> None:
        self._loop = loop
        self._sock = sock
        self._transport: asyncio.Transport | None = None
        self._ready: Readiness | None = None
        self._answered: asyncio.Future[None] | None = None
        self._failure: WireError | None = None
        self._room: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = inf
        self._ends_at = inf
        self._heard_at = 0.0
        self._patience = (inf, inf)
        self._is_crowded = False
        self._is_sealed = False
        self._is_spoiled = False
        self._head_only = False
        self.said = Conversation()
        self.idle_since = 0.0
        self.is_lost = False

    async def exchange(
        self, method: str, data: bytes, timeouts: dict[str, float], ends_at: float, limit: int
    ) -> Conversation:
        """Send a request and read its answer; the arguments are those of `Connection.exchange`.

        Raises:
            WireError: If no answer comes; `said.begun` and `said.status` tell how far it came.
        """
        said = self.said
        transport = self._transport
        said.ask(method, limit, ends_at)
        now = time.monotonic()
        if now >= ends_at:
            raise WriteTimeout("the deadline of the call has passed")
        if transport is None or self.is_lost:
            raise ReadError("the connection has closed")
        self._failure = None
        self._head_only = method == "CONNECT"
        self._heard_at = now
        self._ends_at = ends_at
        read = timeouts["read"]
        self._patience = (read, timeouts["write"])
        self._ring(now, min(now + read, ends_at))
        answered = self._answered = self._loop.create_future()
        said.begun = True
        try:
            if len(data) <= PIECE:
                transport.write(data)
            else:
                await self._write(transport, memoryview(data), answered)
            await answered
        finally:
            self._answered = None
        if self._failure is not None:
            raise self._failure
        return said

    def is_reusable(self) -> bool:
        """Whether another request may follow the answer that was read."""
        return not (self.is_lost or self._is_spoiled or self._is_crowded) and self.said.is_reusable

    def is_fresh(self, now: float, expiry: float) -> bool:
        """Whether it may be used after it has idled: it is open, and nobody has said anything meanwhile.

        The loop may not have come round to reading what has come, so the socket itself is looked at.
        """
        if self.is_lost or self._is_spoiled or now - self.idle_since >= expiry or self._ready is None:
            return False
        return not self._ready.wait(READ, 0)

    async def is_fresh_soon(self, expiry: float) -> bool:
        """Whether it is fresh once the loop has read what has come.

        That may be TLS speaking for itself, such as session tickets. Where the loop reads ahead, nobody else can see
        whether something has come.
        """
        for _ in range(_TURNS if (self._is_sealed or self._ready is None) and not self._is_spoiled else 0):
            await asyncio.sleep(0)
            if self.is_fresh(time.monotonic(), expiry):
                return True
        if self._ready is not None:
            return False
        return not (self.is_lost or self._is_spoiled) and time.monotonic() - self.idle_since < expiry

    async def seal(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Agree on TLS with the host behind a tunnel; raises whatever asyncio raises, TimeoutError after that long."""
        transport = cast(asyncio.Transport, self._transport)
        async with asyncio.timeout(seconds):
            upper = await self._loop.start_tls(
                transport, self, context, server_hostname=host, ssl_handshake_timeout=later_than(seconds)
            )
        if upper is None:
            raise ConnectionAbortedError("the connection closed")
        self._transport = upper
        self._is_sealed = True
        self.said = Conversation()

    def abort(self) -> None:
        """Close at once; nothing is said to the peer, and a request under way has no answer."""
        self._is_spoiled = True
        if self._answered is not None and not self._answered.done():
            self._fail(ReadError(_CLOSED), ConnectionAbortedError(errno.ECONNABORTED, _CLOSED))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()

    def discard(self) -> None:
        """Close the socket alone: the loop has closed, and does nothing for it any more."""
        self._is_spoiled = self.is_lost = True
        if self._sock is not None:
            self._sock.close()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._is_sealed = transport.get_extra_info("ssl_object") is not None
        if not reads_ahead(self._loop):
            self._ready = Readiness(transport.get_extra_info("socket").fileno())

    def get_buffer(self, sizehint: int) -> memoryview:
        return _buffer.memory

    def buffer_updated(self, nbytes: int) -> None:
        answered = self._answered
        if answered is None or answered.done():
            self._is_spoiled = True
            if answered is None:
                self.abort()
            return
        self._heard_at = time.monotonic()
        self._hear(answered, bytes(_buffer.memory[:nbytes]))

    def eof_received(self) -> None:
        answered = self._answered
        self._is_spoiled = True
        if answered is None or answered.done():
            return
        if self._is_sealed and self.said.ends_with_the_connection and not self._was_told_so():
            self._fail(ReadError(_TORN))
            return
        self._hear(answered, b"")

    def connection_lost(self, exc: Exception | None) -> None:
        transport = self._transport
        self.is_lost = True
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        answered = self._answered
        if answered is None or answered.done():
            return
        if exc is None and not (self._is_sealed and self.said.ends_with_the_connection):
            self._hear(answered, b"")
        elif transport is not None and not self._is_sealed and self._ready is not None:
            self._hear_rest(answered, transport.get_extra_info("socket").fileno())
        if not answered.done():
            self._fail(ReadError(str(exc or _TORN)), exc)

    def pause_writing(self) -> None:
        self._is_crowded = True
        if self._answered is not None:
            now = time.monotonic()
            self._ring(now, min(now + self._patience[True], self._ends_at))

    def resume_writing(self) -> None:
        self._is_crowded = False
        self._make_room()

    def _was_told_so(self) -> bool:
        """Whether TLS said that it ends; event loops call both that and an end without a word the end of the data."""
        tls = cast("asyncio.Transport", self._transport).get_extra_info("ssl_object")
        try:
            return bool(tls.read(1) == b"")
        except OSError as error:
            return type(error).__name__ == "SSLZeroReturnError"

    def _hear(self, answered: asyncio.Future[None], data: bytes) -> None:
        said = self.said
        try:
            complete = said.receive(data)
        except WireError as error:
            self._fail(error)
            return
        if complete or (self._head_only and said.status):
            answered.set_result(None)
            self._make_room()

    def _hear_rest(self, answered: asyncio.Future[None], descriptor: int) -> None:
        """Hear what came before the connection broke: where they cannot write, event loops leave it unread."""
        with suppress(OSError), socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.setblocking(False)
            while not answered.done():
                data = sock.recv(PIECE)
                if not data:
                    return
                self._hear(answered, data)

    async def _write(self, transport: asyncio.Transport, data: memoryview, answered: asyncio.Future[None]) -> None:
        """Write no faster than the peer reads, and no further than it wants to hear."""
        for at in range(0, len(data), PIECE):
            if self._is_crowded and not answered.done():
                self._room = self._loop.create_future()
                try:
                    await self._room
                finally:
                    self._room = None
            for _ in range(_TURNS if at and self._may_have_come() else 0):
                await asyncio.sleep(0)  # before the loop writes on and finds that nobody reads any more
            if answered.done():
                self._is_spoiled = True
                return
            if transport.is_closing():
                return
            transport.write(data[at : at + PIECE])
            self._heard_at = time.monotonic()

    def _may_have_come(self) -> bool:
        """Whether there may be something that the loop has not read yet."""
        return self._ready is None or self._ready.wait(READ, 0) != 0

    def _make_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    def _fail(self, failure: WireError, cause: BaseException | None = None) -> None:
        failure.__cause__ = cause
        self._failure = failure
        self._is_spoiled = True
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)
        self._make_room()

    def _ring(self, now: float, at: float) -> None:
        """Have the clock looked at by then; a timer that rings earlier is left as it is."""
        if self._timer is not None:
            if self._rings_at <= at:
                return
            self._timer.cancel()
        self._rings_at = at
        self._timer = self._loop.call_later(at - now, self._on_time) if at < inf else None

    def _on_time(self) -> None:
        self._timer = None
        if self._answered is None or self._answered.done():
            return
        now = time.monotonic()
        due = min(self._heard_at + self._patience[self._is_crowded], self._ends_at)
        if now < due:
            self._ring(now, due)
        elif self._is_crowded:
            self._fail(WriteTimeout("the peer takes no more"))
        else:
            self._fail(ReadTimeout("nothing came in time"))


def reads_ahead(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether what has come may be neither heard nor in the socket any more, as where Windows completes the reads."""
    return not (isinstance(loop, BaseSelectorEventLoop) or type(loop).__module__.partition(".")[0] == "uvloop")


def later_than(seconds: float) -> float:
    """Return for how long a loop is to let TLS be agreed upon, whose own time would otherwise be over before ours."""
    return max(0.0, seconds) + 60.0
