"""Opens httpcore's connection pools the way the SDK wants them: deadlines, TLS, proxies, keep-alive."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any

import httpcore

from ._deadline import DeadlineBackend, HandshakeError, HandshakeTimeout
from ._proxy import is_socks, proxy_for
from ._reply import Lost
from ._resolve import ResolveError, ResolveTimeout

if TYPE_CHECKING:
    from ._connections import AsyncConnections
    from ._request import Origin
    from .config import Config
    from .errors import Phase

    AsyncPool = AsyncConnections | httpcore.AsyncConnectionPool

KEEPALIVE_EXPIRY = 60.0

FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, OSError)

_NOT_SENT = (
    httpcore.ConnectTimeout,
    httpcore.ConnectError,
    httpcore.PoolTimeout,
    httpcore.ProxyError,
    httpcore.LocalProtocolError,
)
_KEEPALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    ),
]


def open_pool(config: Config, origin: Origin) -> httpcore.ConnectionPool:
    """Return a pool of connections to one region, none of them open yet."""
    backend: httpcore.NetworkBackend = DeadlineBackend()
    proxy = proxy_for(config, origin)
    if proxy is not None and origin.scheme == b"https" and not is_socks(proxy.url.scheme):
        from ._tunnel import Tunnel

        backend, proxy = Tunnel(backend, proxy), None
    return httpcore.ConnectionPool(**_options(config, origin), proxy=proxy, network_backend=backend)


def open_async_pool(config: Config, origin: Origin) -> AsyncPool:
    """Return a pool of connections to one region for the running event loop."""
    from ._asyncio_network import AsyncioBackend
    from ._connections import AsyncConnections

    backend: httpcore.AsyncNetworkBackend = AsyncioBackend()
    proxy = proxy_for(config, origin)
    options = _options(config, origin)
    if proxy is not None and is_socks(proxy.url.scheme):
        return httpcore.AsyncConnectionPool(**options, proxy=proxy, network_backend=backend)
    if proxy is not None and origin.scheme == b"https":
        from ._tunnel import AsyncTunnel

        backend, proxy = AsyncTunnel(backend, proxy), None
    return AsyncConnections(
        backend,
        ssl_context=options["ssl_context"] if proxy is None else proxy.ssl_context,
        max_connections=config.max_connections,
        keepalive_expiry=KEEPALIVE_EXPIRY,
        socket_options=_KEEPALIVE,
        forward_to=proxy,
    )


def lost(error: Exception, *, begun: bool, answering: bool, where: bytes) -> Lost:
    """Return what an exception of a pool means for the attempt.

    Args:
        error: What it raised.
        begun: Whether a byte of the attempt may have left.
        answering: Whether the answer had begun.
        where: The host and port that it was for.
    """
    sent = answering or (begun and not isinstance(error, _NOT_SENT))
    phase: Phase = "body" if answering else "headers"
    if isinstance(error, httpcore.WriteError | httpcore.WriteTimeout):
        phase = "write"
    elif not sent:
        phase = connect_phase(error)
    return Lost(
        phase,
        sent=sent,
        timed_out=isinstance(error, httpcore.TimeoutException | TimeoutError),
        fatal=isinstance(error, httpcore.LocalProtocolError),
        local=isinstance(error, httpcore.PoolTimeout) or (phase == "write" and not sent),
        cause_type=type(error).__name__,
        detail=detail_of(error, where),
    )


def detail_of(error: BaseException, where: bytes) -> str:
    """Return in words where a connection failed and what the operating system or TLS said of it."""
    cause: BaseException | None = error
    said = ""
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            said = cause.verify_message
        elif isinstance(cause, ssl.SSLError):
            said = said or (cause.reason or "").replace("_", " ").lower()
        elif isinstance(cause, httpcore.ProxyError):
            said = said or str(cause)
        elif isinstance(cause, OSError) and cause.strerror:
            said = said or cause.strerror
        cause = cause.__cause__ or cause.__context__
    host = where.decode("ascii")
    return f"{host}: {said or type(error).__name__}"


def connect_phase(error: BaseException) -> Phase:
    """Return how far a failed connect came, by the exception that began it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror | ResolveTimeout | ResolveError):
            return "dns"
        if isinstance(cause, ssl.SSLError | HandshakeTimeout | HandshakeError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "connect"


def _options(config: Config, origin: Origin) -> dict[str, Any]:
    return {
        "ssl_context": _tls_context(config) if origin.scheme == b"https" else None,
        "max_connections": config.max_connections,
        "max_keepalive_connections": config.max_connections,
        "keepalive_expiry": KEEPALIVE_EXPIRY,
        "socket_options": _KEEPALIVE,
    }


def _tls_context(config: Config) -> ssl.SSLContext:
    from ._tls import context_for

    return context_for(config)
