"""Connections on an asyncio event loop that honour the deadline of the call they serve.

They stand in for httpcore's own, which go through anyio: its task groups replace the message of a cancellation, and
a caller is to see its own.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any, cast

import httpcore

from ._deadline import HandshakeError, HandshakeTimeout, begin, left_of

Failures = tuple[type[Exception], type[Exception]]

_CONNECT: Failures = (httpcore.ConnectTimeout, httpcore.ConnectError)
_HANDSHAKE: Failures = (HandshakeTimeout, HandshakeError)
_READ: Failures = (httpcore.ReadTimeout, httpcore.ReadError)
_WRITE: Failures = (httpcore.WriteTimeout, httpcore.WriteError)


class AsyncioStream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has arrived, b"" at the end; until the timeout or the deadline."""
        async with _bounded(timeout, _READ):
            return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes; until the timeout or the deadline."""
        async with _bounded(timeout, _WRITE):
            begin()
            self._writer.write(buffer)
            await self._writer.drain()

    async def aclose(self) -> None:
        """Close without waiting for the peer."""
        self._writer.transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Shake hands; until the timeout or the deadline."""
        try:
            async with _bounded(timeout, _HANDSHAKE):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except BaseException:
            await self.aclose()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection.

        `is_readable` means that there is something to read where nothing was asked for: the peer has closed, or
        sends an answer that belongs to nobody. Either way the connection is of no more use.
        """
        if info == "is_readable":
            return (
                self._reader.at_eof() or self._writer.is_closing() or bool(_buffer(self._reader)) or self._has_input()
            )
        names = {"client_addr": "sockname", "server_addr": "peername"}
        return self._writer.get_extra_info(names.get(info, info))

    def _has_input(self) -> bool:
        """Whether bytes wait in the socket that the event loop has not come round to reading."""
        descriptor: int = self._writer.get_extra_info("socket").fileno()
        if not hasattr(select, "poll"):
            return bool(select.select([descriptor], [], [], 0)[0])
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))


def _buffer(reader: asyncio.StreamReader) -> bytes:
    """Return what has been read and not been asked for; asyncio has no public word for it."""
    return cast(bytes, cast(Any, reader)._buffer)  # noqa: SLF001


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens connections on the running event loop."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers; until the timeout or the deadline."""
        local = None if local_address is None else (local_address, 0)
        async with _bounded(timeout, _CONNECT):
            reader, writer = await asyncio.open_connection(host, port, local_addr=local, **_race())
        for option in socket_options or ():
            writer.get_extra_info("socket").setsockopt(*option)
        return AsyncioStream(reader, writer)


def _race() -> dict[str, Any]:
    """Return how addresses are tried side by side (RFC 8305), which other loops than asyncio's own do not offer."""
    return {"happy_eyeballs_delay": 0.25} if isinstance(asyncio.get_running_loop(), asyncio.BaseEventLoop) else {}


@asynccontextmanager
async def _bounded(timeout: float | None, failures: Failures) -> AsyncGenerator[None, None]:
    late, failed = failures
    try:
        async with asyncio.timeout(left_of(timeout, late)):
            yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except (OSError, UnicodeError) as error:
        raise failed(str(error)) from error
