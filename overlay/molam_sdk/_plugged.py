"""Sends attempts through a transport of the user's: an httpx transport or an HTTPAdapter."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import httpx

from ._body import reply_of
from ._pool import connect_phase, detail_of
from ._reply import Lost
from ._wire import closed
from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._attempt import Attempt
    from ._reply import Reply
    from ._request import Request
    from .config import Config
    from .errors import Phase

_NOT_SENT = (
    httpx.ConnectTimeout,
    httpx.ConnectError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_FATAL = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_FAILURES = (httpx.HTTPError, httpx.StreamError, OSError)


class PluggedWire:
    """The synchronous wire over an `httpx.BaseTransport`.

    The transport bounds each of its waits; between two pieces of a body the deadline of the call is looked at too.
    """

    def __init__(self, config: Config) -> None:
        self._transport = _transport(config, "handle_request", "MolamClient")
        self._failures = _failures(config)
        self._limit = config.max_response_bytes
        self._closed = False

    def send(self, request: Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        if self._closed:
            raise closed()
        response: httpx.Response | None = None
        late_at = time.monotonic() + attempt.remaining
        try:
            response = cast(httpx.Response, self._transport.handle_request(_httpx_request(request)))
            try:
                reply = self._read(response, late_at)
                reply.disbelief = attempt.disbelief(reply)
                if reply.disbelief is not None:
                    self._close_now(response)
            finally:
                response.close()
        except ConfigurationError:
            raise
        except self._failures as error:
            return _lost(error, answering=response is not None, where=request.origin.netloc)
        return reply

    def close(self) -> None:
        """Close the transport, which belongs to the client; calls are refused from then on."""
        if not self._closed:
            self._closed = True
            self._transport.close()

    def _read(self, response: httpx.Response, late_at: float) -> Reply:
        if response.is_stream_consumed:
            return reply_of(response.status_code, response.headers.raw, [response.content], self._limit, coded=False)
        size = 0
        chunks: list[bytes] = []
        chunk: bytes
        for chunk in cast(Any, response.stream):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._limit:
                self._close_now(response)
                break
            if time.monotonic() > late_at:
                self._close_now(response)
                raise httpx.ReadTimeout("the call's deadline has passed")
        return reply_of(response.status_code, response.headers.raw, chunks, self._limit)

    def _close_now(self, response: httpx.Response) -> None:
        stream = cast(Any, response).extensions.get("network_stream")
        if stream is not None:
            stream.close()


class AsyncPluggedWire:
    """The asynchronous wire over an `httpx.AsyncBaseTransport`, which cannot outlast the deadline of the call."""

    def __init__(self, config: Config) -> None:
        self._transport = _transport(config, "handle_async_request", "MolamAsyncClient")
        self._failures = _failures(config)
        self._limit = config.max_response_bytes
        self._closed = False

    async def send(self, request: Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        import asyncio

        if self._closed:
            raise closed()
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(attempt.remaining):
                response = cast(httpx.Response, await self._transport.handle_async_request(_httpx_request(request)))
                try:
                    reply = await self._read(response)
                    reply.disbelief = attempt.disbelief(reply)
                    if reply.disbelief is not None:
                        await self._close_now(response)
                finally:
                    await response.aclose()
        except self._failures as error:
            return _lost(error, answering=response is not None, where=request.origin.netloc)
        return reply

    async def aclose(self) -> None:
        """Close the transport, which belongs to the client; calls are refused from then on."""
        if not self._closed:
            self._closed = True
            await self._transport.aclose()

    async def _read(self, response: httpx.Response) -> Reply:
        if response.is_stream_consumed:
            return reply_of(response.status_code, response.headers.raw, [response.content], self._limit, coded=False)
        size = 0
        chunks: list[bytes] = []
        chunk: bytes
        async for chunk in cast(Any, response.stream):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._limit:
                await self._close_now(response)
                break
        return reply_of(response.status_code, response.headers.raw, chunks, self._limit)

    async def _close_now(self, response: httpx.Response) -> None:
        stream = cast(Any, response).extensions.get("network_stream")
        if stream is not None:
            await stream.aclose()


def _transport(config: Config, method: str, client: str) -> Any:
    if config.http_adapter is not None:
        from ._adapter import AdapterTransport

        return AdapterTransport(config)
    if not hasattr(config.transport, method):
        raise ConfigurationError(f"the transport has no {method}(), which {client} needs; it is of the other kind")
    return config.transport


def _failures(config: Config) -> tuple[type[Exception], ...]:
    """An adapter's library may raise anything; a transport raises httpx's exceptions."""
    return _FAILURES if config.http_adapter is None else (Exception,)


def _httpx_request(request: Request) -> httpx.Request:
    return httpx.Request(
        request.method,
        _url(request.url),
        headers=request.headers,
        stream=httpx.ByteStream(request.content or b""),
        extensions={"timeout": request.timeouts},
    )


@lru_cache(maxsize=256)
def _url(text: str) -> httpx.URL:
    return httpx.URL(text)


def _lost(error: Exception, *, answering: bool, where: bytes) -> Lost:
    sent = answering or not isinstance(error, _NOT_SENT)
    phase: Phase = "body" if answering else "headers"
    if isinstance(error, httpx.WriteError | httpx.WriteTimeout):
        phase = "write"
    elif not sent:
        phase = connect_phase(error)
    return Lost(
        phase,
        sent=sent,
        timed_out=isinstance(error, httpx.TimeoutException | TimeoutError),
        fatal=isinstance(error, _FATAL),
        local=isinstance(error, httpx.PoolTimeout),
        cause_type=type(error).__name__,
        detail=detail_of(error, where),
    )
