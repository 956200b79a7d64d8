"""The transports that the SDK sends with by default: httpcore's pool under httpx's interface.

They differ from `httpx.HTTPTransport` in three points: every socket operation honours the call's
deadline, TLS is set up at the first https connection only, and TCP keep-alive is on.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, cast

import httpcore
import httpx

from ._deadline import AsyncDeadlineBackend, DeadlineBackend
from .errors import ConfigurationError

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterator

    from .config import Config

KEEPALIVE_EXPIRY = 60.0

_KEEPALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    ),
]

_EXCEPTIONS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.ProxyError: httpx.ProxyError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}


def _translated(error: Exception) -> httpx.TransportError:
    """Return httpx's name for an httpcore exception; the cause stays readable on it."""
    translated = _EXCEPTIONS.get(type(error), httpx.TransportError)(str(error))
    translated.__cause__ = error.__cause__ or error
    return translated


class _Stream(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except tuple(_EXCEPTIONS) as error:
            raise _translated(error) from error

    def close(self) -> None:
        self._stream.close()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except tuple(_EXCEPTIONS) as error:
            raise _translated(error) from error

    async def aclose(self) -> None:
        await self._stream.aclose()


class DefaultTransport(httpx.BaseTransport):
    """The synchronous default: one pool of HTTP/1.1 connections, safe to use from many threads."""

    def __init__(self, config: Config, base_url: str) -> None:
        self._pool = httpcore.ConnectionPool(**_pool_options(config, base_url), network_backend=DeadlineBackend())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; the body of the answer is still to be read."""
        try:
            response = self._pool.handle_request(_core_request(request))
        except tuple(_EXCEPTIONS) as error:
            raise _translated(error) from error
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Stream(response.stream),
            extensions=cast(Any, response).extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class AsyncDefaultTransport(httpx.AsyncBaseTransport):
    """The asynchronous default: one pool of HTTP/1.1 connections of one event loop."""

    def __init__(self, config: Config, base_url: str) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            **_pool_options(config, base_url), network_backend=AsyncDeadlineBackend()
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; the body of the answer is still to be read."""
        try:
            response = await self._pool.handle_async_request(_core_request(request))
        except tuple(_EXCEPTIONS) as error:
            raise _translated(error) from error
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_AsyncStream(response.stream),
            extensions=cast(Any, response).extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


def _core_request(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _pool_options(config: Config, base_url: str) -> dict[str, Any]:
    return {
        "ssl_context": _tls_context(config) if base_url.startswith("https:") else None,
        "proxy": _proxy(config, base_url),
        "max_connections": config.max_connections,
        "max_keepalive_connections": config.max_connections,
        "keepalive_expiry": KEEPALIVE_EXPIRY,
        "socket_options": _KEEPALIVE,
    }


def _tls_context(config: Config) -> ssl.SSLContext:
    from ._tls import context_for

    return context_for(config)


def _proxy(config: Config, base_url: str) -> httpcore.Proxy | None:
    url = config.proxy or (_environment_proxy(base_url) if config.trust_env else None)
    if url is None:
        return None
    if url.startswith("socks"):
        try:
            import socksio  # type: ignore[import-not-found,unused-ignore] # noqa: F401 - optional
        except ImportError:
            raise ConfigurationError("a socks proxy needs one more package: pip install 'httpx[socks]'") from None
    try:
        proxy = httpx.Proxy(url)
    except (ValueError, httpx.InvalidURL):
        raise ConfigurationError("the proxy's URL cannot be read") from None
    target = proxy.url
    return httpcore.Proxy(
        httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=b"/"),
        auth=proxy.raw_auth,
    )


def _environment_proxy(base_url: str) -> str | None:
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(base_url)
    if proxy_bypass(parts.netloc):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")
