"""A socket whose every wait is bounded: by a timeout of its own and by the deadline of the call."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from .faults import ReadError, ReadTimeout, WriteError, WriteTimeout
from .readiness import READ, WRITE, Readiness

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE = 64 * 1024


class Channel:
    """A connected socket that never blocks by itself.

    Attributes:
        was_torn: Whether it broke, or TLS ended without saying so: what had come may not have been all.
    """

    __slots__ = ("_ready", "_sock", "_wanted", "was_torn")

    def __init__(self, sock: socket.socket, ready: Readiness | None = None) -> None:
        self._sock = sock
        self._ready = Readiness(sock.fileno()) if ready is None else ready
        self._wanted = READ
        self.was_torn = False

    @property
    def sock(self) -> socket.socket:
        """The socket itself, for what is to be put on top of it."""
        return self._sock

    @property
    def ready(self) -> Readiness:
        """What it waits with."""
        return self._ready

    def read(self, seconds: float, ends_at: float) -> bytes:
        """Return what has come, b"" at the end, after `seconds` or at the monotonic time `ends_at` at the latest.

        Raises:
            ReadTimeout: If nothing comes until then.
            ReadError: If the connection breaks.
        """
        now = time.monotonic()
        if now >= ends_at:  # also where there is always something to read
            raise ReadTimeout("the deadline of the call has passed")
        limit = min(now + seconds, ends_at)
        wanted = 0 if self.has_more() else READ
        while True:
            if wanted:
                self._wait(wanted, limit)
            try:
                data = self.receive()
            except OSError as error:
                raise ReadError(str(error)) from error
            if data is not None:
                return data
            wanted = self._wanted

    def write(self, data: bytes, seconds: float, ends_at: float, hear: Callable[[bytes], bool]) -> bool:
        """Send all of it; return False if the peer has said what it has to say before that.

        Args:
            data: What to send.
            seconds: How long each piece may take.
            ends_at: Monotonic time at which it ends altogether.
            hear: Takes in what comes meanwhile; returns whether the rest needs no more sending.

        Raises:
            WriteError: If the connection breaks.
            WriteTimeout: If the peer takes nothing any more.
        """
        try:
            sent = self.send(data)
            if sent == len(data) and not self.has_unsent():
                return True
            return self._write_rest(memoryview(data)[sent:], seconds, ends_at, hear)
        except OSError as error:
            raise WriteError(str(error)) from error

    def is_quiet(self) -> bool:
        """Whether the connection is open and nothing has come on it."""
        return not self._ready.wait(READ, 0)

    def send(self, data: bytes | memoryview) -> int:
        """Send what can be sent at once; how many bytes that was."""
        self._wanted = WRITE
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0

    def receive(self) -> bytes | None:
        """Return what can be read at once, None if that is nothing."""
        try:
            return self._sock.recv(PIECE)
        except BlockingIOError:
            self._wanted = READ
            return None

    def has_more(self) -> bool:
        """Whether there may be something to read that the socket does not show."""
        return False

    def has_unsent(self) -> bool:
        """Whether something was taken that the socket has not got yet."""
        return False

    def close(self) -> None:
        """Close at once; nothing is said to the peer, and what the system says of it changes nothing."""
        with suppress(OSError):
            self._sock.close()

    def _write_rest(self, rest: memoryview, seconds: float, ends_at: float, hear: Callable[[bytes], bool]) -> bool:
        while rest or self.has_unsent():
            limit = min(time.monotonic() + seconds, ends_at)
            possible = READ if self.has_more() else self._ready.wait(self._wanted | READ, limit - time.monotonic())
            if not possible:
                if time.monotonic() < limit:
                    continue
                raise WriteTimeout("the peer takes no more")
            if possible & READ:
                data = self.receive()
                if data is not None and hear(data):
                    return False
            rest = rest[self.send(rest) :]
        return True

    def _wait(self, wanted: int, limit: float) -> None:
        while not self._ready.wait(wanted, limit - time.monotonic()):
            if time.monotonic() >= limit:
                raise ReadTimeout("nothing came in time")
