"""Sockets that honour the deadline of the call they serve, not only a timeout per read.

A peer that sends one byte a second never trips a read timeout; here each connect, handshake, read
and write is bounded by what is left of the call, which a context variable names.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpcore

from ._resolve import addresses

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

SHORTEST_SHARE = 2.0
_LONGEST_CONNECT = 60.0


class HandshakeTimeout(httpcore.ConnectTimeout):
    """TLS was not agreed upon in time."""


class HandshakeError(httpcore.ConnectError):
    """TLS was not agreed upon."""


class UnderWay:
    """The attempt under way: when the deadline of its call passes, and whether a byte of it may have left."""

    __slots__ = ("begun", "deadline_at")

    def __init__(self, deadline_at: float) -> None:
        self.deadline_at = deadline_at
        self.begun = False


under_way: ContextVar[UnderWay | None] = ContextVar("molam_under_way", default=None)


def left_of(timeout: float | None, late: type[Exception]) -> float | None:
    """Return `timeout` or what is left of the call, whichever is less; raise `late` if nothing is."""
    attempt = under_way.get()
    if attempt is None:
        return timeout
    left = attempt.deadline_at - time.monotonic()
    if left <= 0:
        raise late("the call's deadline has passed")
    return left if timeout is None or left < timeout else timeout


def begin() -> None:
    """Note that from now on a byte of the attempt may have left this process."""
    attempt = under_way.get()
    if attempt is not None:
        attempt.begun = True


@contextmanager
def before_it_begins() -> Generator[None, None, None]:
    """What is written meanwhile prepares the connection: no byte of the attempt is among it."""
    try:
        yield
    finally:
        attempt = under_way.get()
        if attempt is not None:
            attempt.begun = False


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose operations end with the call's deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read like the wrapped stream, until the deadline at most."""
        return self._stream.read(max_bytes, left_of(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write like the wrapped stream, until the deadline at most."""
        left = left_of(timeout, httpcore.WriteTimeout)
        begin()
        self._stream.write(buffer, left)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands like the wrapped stream, until the deadline at most."""
        left = left_of(timeout, HandshakeTimeout)
        try:
            return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left))
        except httpcore.ConnectTimeout as error:
            raise HandshakeTimeout(str(error)) from error
        except (httpcore.ConnectError, ValueError) as error:
            raise HandshakeError(str(error)) from error

    def get_extra_info(self, info: str) -> Any:
        """Return what the wrapped stream knows."""
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections that honour the call's deadline."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; until the timeout or the deadline for all of them together."""
        left = left_of(timeout, httpcore.ConnectTimeout)
        ends_at = time.monotonic() + (_LONGEST_CONNECT if left is None else left)
        found = addresses(host, port, ends_at - time.monotonic())
        failed: Exception = httpcore.ConnectTimeout("no time was left to connect")
        for tried, address in enumerate(found):
            seconds = _share(ends_at - time.monotonic(), len(found) - tried)
            if seconds <= 0:
                break
            try:
                return DeadlineStream(self._backend.connect_tcp(address, port, seconds, local_address, socket_options))
            except (httpcore.ConnectTimeout, httpcore.ConnectError) as error:
                failed = error
        raise failed


def _share(left: float, addresses_left: int) -> float:
    """Return the seconds for the next address, so that one that is silent leaves time for those after it."""
    return min(left, max(left / addresses_left, SHORTEST_SHARE))
