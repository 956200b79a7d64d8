"""Connections of one event loop to one host, in slots that no cancellation can lose.

httpcore's own pool loses a slot for good when a call is cancelled between getting a connection and using it
(encode/httpcore#1093, #1099) or is cancelled twice. Here taking and giving back a slot never waits, so that
there is no moment at which a cancellation could come between.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import httpcore

from ._tunnel import forwarded

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterable


class AsyncConnections:
    """A pool of HTTP/1.1 connections, the most recently used one first."""

    def __init__(
        self,
        backend: httpcore.AsyncNetworkBackend,
        *,
        ssl_context: ssl.SSLContext | None,
        max_connections: int,
        keepalive_expiry: float,
        socket_options: Iterable[Any],
        forward_to: httpcore.Proxy | None = None,
    ) -> None:
        self._backend = backend
        self._ssl_context = ssl_context
        self._keepalive_expiry = keepalive_expiry
        self._socket_options = socket_options
        self._forward_to = forward_to
        self._slots = asyncio.Semaphore(max_connections)
        self._idle: list[httpcore.AsyncHTTP11Connection] = []
        self._busy: set[httpcore.AsyncHTTP11Connection] = set()
        self._cleaning: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send the request on a connection of its own; the body of the answer is still to be read."""
        if self._forward_to is not None:
            request = forwarded(request, self._forward_to)
        timeouts: dict[str, float | None] = cast(Any, request).extensions.get("timeout", {})
        await self._take_slot(timeouts.get("pool"))
        connection: httpcore.AsyncHTTP11Connection | None = None
        try:
            connection = self._reuse()
            if connection is None:
                stream = await self._connect(request.url, timeouts.get("connect"))
                connection = httpcore.AsyncHTTP11Connection(request.url.origin, stream, self._keepalive_expiry)
            self._busy.add(connection)
            response = await connection.handle_async_request(request)
        except BaseException:
            self._give_back(connection)
            raise
        return httpcore.Response(
            response.status,
            headers=response.headers,
            content=_Body(response.stream, partial(self._give_back, connection)),
            extensions=cast(Any, response).extensions,
        )

    async def aclose(self) -> None:
        """Close every connection, whatever it is doing."""
        self._closed = True
        for connection in (*self._idle, *self._busy):
            self._clean(connection.aclose())
        self._idle.clear()
        while self._cleaning:
            await asyncio.wait(tuple(self._cleaning))

    async def _take_slot(self, seconds: float | None) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        try:
            async with asyncio.timeout(seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise httpcore.PoolTimeout("no connection became free in time") from None

    def _give_back(self, connection: httpcore.AsyncHTTP11Connection | None) -> None:
        if connection is not None:
            self._busy.discard(connection)
            if connection.is_idle() and not self._closed:
                self._idle.append(connection)
            else:
                self._clean(connection.aclose())
        self._slots.release()

    def _reuse(self) -> httpcore.AsyncHTTP11Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.has_expired():
                return connection
            self._clean(connection.aclose())
        return None

    async def _connect(self, url: httpcore.URL, seconds: float | None) -> httpcore.AsyncNetworkStream:
        """Open a connection; if the call is cancelled meanwhile, close it as soon as it is open.

        asyncio loses the socket where a cancellation meets a connect that has just succeeded.
        """
        opening = asyncio.ensure_future(self._open(url, seconds))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._clean(_abandon(opening))
            raise

    async def _open(self, url: httpcore.URL, seconds: float | None) -> httpcore.AsyncNetworkStream:
        sealed = url.scheme == b"https"
        context = self._ssl_context
        if sealed and context is None:
            raise httpcore.LocalProtocolError("https needs a TLS context")
        host = url.host.decode("ascii")
        port = url.origin.port
        stream = await self._backend.connect_tcp(host, port, seconds, socket_options=self._socket_options)
        if not sealed or context is None:
            return stream
        return await stream.start_tls(context, host, seconds)

    def _clean(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what must not be cancelled with the call that makes it necessary."""
        task = asyncio.get_running_loop().create_task(work)
        self._cleaning.add(task)
        task.add_done_callback(self._cleaning.discard)


class _Body:
    """The body of an answer; closing it gives the connection back, once."""

    def __init__(self, stream: Any, give_back: Callable[[], None]) -> None:
        self._stream = stream
        self._give_back: Callable[[], None] | None = give_back

    def __aiter__(self) -> AsyncIterator[bytes]:
        return cast("AsyncIterator[bytes]", self._stream.__aiter__())

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            give_back, self._give_back = self._give_back, None
            if give_back is not None:
                give_back()


async def _abandon(opening: asyncio.Future[httpcore.AsyncNetworkStream]) -> None:
    try:
        stream = await opening
    except (httpcore.TimeoutException, httpcore.NetworkError):
        return
    await stream.aclose()
