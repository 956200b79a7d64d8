"""Sends attempts through a transport of the user's: an httpx transport or an HTTPAdapter."""

from __future__ import annotations

import time
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import httpx

from .._exchange.reply import Lost
from .._guard import says_offline
from ..errors import ConfigurationError
from .adapter import AdapterTransport, AsynchronousAnswer, NotStarted
from .alerts import refusal
from .body import reply_of
from .faults import WireError, WriteTimeout, connect_phase, detail_of, lost
from .http11 import head_of
from .slots import closed
from .wire import NEGLIGIBLE

if TYPE_CHECKING:
    from .._exchange.attempt import Attempt
    from .._exchange.reply import Reply
    from ..config import Config
    from ..errors import Phase
    from .request import Request

_NOT_SENT = (
    httpx.ConnectTimeout,
    httpx.ConnectError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# With HTTP/2 it may be the answer that is objected to, so that a LocalProtocolError does not say "not sent".
_FATAL = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, AsynchronousAnswer)


class PluggedWire:
    """The synchronous wire over an `httpx.BaseTransport`.

    The transport bounds each of its waits; between two pieces of a body the deadline of the call is looked at too.
    """

    def __init__(self, config: Config) -> None:
        self._transport = _transport(config, "handle_request", "MolamClient")
        self._is_own = _is_own(config)
        self._limit = config.max_response_bytes
        self._closed = False

    def send(self, request: Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        if self._closed:
            raise closed()
        reply: Reply | None = None
        response: httpx.Response | None = None
        try:
            prepared = _prepared(request, attempt)
        except WireError as error:
            return lost(error, begun=False, answering=False, where=request.origin.netloc)
        try:
            response = cast(httpx.Response, self._transport.handle_request(prepared))
            try:
                read = self._read(response, attempt.deadline_at)
                read.disbelief = attempt.disbelief(read)
                reply = read
                if read.disbelief is not None:
                    self._close_now(response)
            finally:
                response.close()
        except NotStarted:
            what = "send() of the http_adapter is asynchronous, which needs MolamAsyncClient"
            raise ConfigurationError(what) from None
        except Exception as error:
            if self._is_own and isinstance(error, ConfigurationError):
                raise
            if reply is not None:
                return reply
            return _lost(error, answering=response is not None, where=request.origin.netloc)
        return read

    def close(self) -> None:
        """Close the transport, which belongs to the client; calls are refused from then on."""
        if not self._closed:
            self._closed = True
            self._transport.close()

    def _read(self, response: httpx.Response, late_at: float) -> Reply:
        if response.is_stream_consumed:
            return _reply(response, response.content, self._limit, late_at, coded=False)
        body = BytesIO()
        chunk: bytes
        for chunk in cast(Any, response.stream):
            body.write(chunk[: self._limit + 1 - body.tell()])
            if body.tell() > self._limit:
                self._close_now(response)
                break
            if time.monotonic() > late_at:
                self._close_now(response)
                raise httpx.ReadTimeout("the call's deadline has passed")
        return _reply(response, body.getvalue(), self._limit, late_at)

    def _close_now(self, response: httpx.Response) -> None:
        stream = cast(Any, response).extensions.get("network_stream")
        if stream is not None:
            stream.close()


class AsyncPluggedWire:
    """The asynchronous wire over an `httpx.AsyncBaseTransport`, which cannot outlast the deadline of the call."""

    def __init__(self, config: Config) -> None:
        self._transport = _transport(config, "handle_async_request", "MolamAsyncClient")
        self._is_own = _is_own(config)
        self._limit = config.max_response_bytes
        self._closed = False

    async def send(self, request: Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        import asyncio

        if self._closed:
            raise closed()
        reply: Reply | None = None
        response: httpx.Response | None = None
        try:
            prepared = _prepared(request, attempt)
        except WireError as error:
            return lost(error, begun=False, answering=False, where=request.origin.netloc)
        try:
            async with asyncio.timeout(attempt.deadline_at - time.monotonic()):
                response = cast(httpx.Response, await self._transport.handle_async_request(prepared))
                try:
                    read = await self._read(response, attempt.deadline_at)
                    read.disbelief = attempt.disbelief(read)
                    reply = read
                    if read.disbelief is not None:
                        await self._close_now(response)
                finally:
                    await response.aclose()
        except Exception as error:
            if self._is_own and isinstance(error, ConfigurationError):
                raise
            if reply is not None:
                return reply
            return _lost(error, answering=response is not None, where=request.origin.netloc)
        return read

    async def aclose(self) -> None:
        """Close the transport, which belongs to the client; calls are refused from then on."""
        if not self._closed:
            self._closed = True
            await self._transport.aclose()

    async def _read(self, response: httpx.Response, late_at: float) -> Reply:
        if response.is_stream_consumed:
            return _reply(response, response.content, self._limit, late_at, coded=False)
        body = BytesIO()
        chunk: bytes
        async for chunk in cast(Any, response.stream):
            body.write(chunk[: self._limit + 1 - body.tell()])
            if body.tell() > self._limit:
                await self._close_now(response)
                break
        return _reply(response, body.getvalue(), self._limit, late_at)

    async def _close_now(self, response: httpx.Response) -> None:
        stream = cast(Any, response).extensions.get("network_stream")
        if stream is not None:
            await stream.aclose()


def _is_own(config: Config) -> bool:
    """Whether a ConfigurationError of the transport is for this client: it may be of another one inside of it."""
    engine = config.http_adapter if config.transport is None else config.transport
    return engine is None or says_offline(engine)


def _reply(response: httpx.Response, body: bytes, limit: int, ends_at: float, *, coded: bool = True) -> Reply:
    return reply_of(response.status_code, response.headers.raw, body, limit, coded=coded, ends_at=ends_at)


def _transport(config: Config, method: str, client: str) -> Any:
    if config.http_adapter is not None:
        return AdapterTransport(config)
    if config.transport is None:
        from .httpx_wire import AsyncHttpxTransports, HttpxTransports

        return (HttpxTransports if method == "handle_request" else AsyncHttpxTransports)(config)
    if not hasattr(config.transport, method):
        raise ConfigurationError(f"the transport has no {method}(), which {client} needs; it is of the other kind")
    return config.transport


class _Timeouts(dict[str, float]):
    """The timeouts of a request, none of which reaches beyond the monotonic time at which its call ends."""

    def __init__(self, seconds: dict[str, float], ends_at: float) -> None:
        super().__init__(seconds)
        self._ends_at = ends_at

    def __getitem__(self, name: str) -> float:
        return max(0.001, min(super().__getitem__(name), self._ends_at - time.monotonic()))

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401 - it would call itself


def _prepared(request: Request, attempt: Attempt) -> httpx.Request:
    """Return the request as httpx has it, which is as much as its deadline leaves of it.

    Raises:
        WriteTimeout: If that is nothing.
        LocalProtocolError: If HTTP does not allow it.
    """
    left = attempt.deadline_at - time.monotonic()
    if left <= 0:
        raise WriteTimeout("the deadline of the call has passed")
    if left < attempt.remaining - NEGLIGIBLE:
        request.promise(left)
    head_of(request.method, request.target.encode("latin-1", "replace"), request.headers)
    timeouts = {name: min(seconds, left) for name, seconds in request.timeouts.items()}
    return httpx.Request(
        request.method,
        _url(request.url),
        headers=request.headers,
        stream=httpx.ByteStream(request.content or b""),
        extensions={"timeout": _Timeouts(timeouts, attempt.deadline_at)},
    )


@lru_cache(maxsize=256)
def _url(text: str) -> httpx.URL:
    return httpx.URL(text)


def _lost(error: Exception, *, answering: bool, where: bytes) -> Lost:
    if isinstance(error, WireError):
        return lost(error, begun=True, answering=answering, where=where)
    sent = answering or not isinstance(error, _NOT_SENT)
    phase: Phase = "body" if answering else "headers" if refusal(error) is None else "tls"
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
