"""Reaches a region through an HTTP proxy: CONNECT for https (RFC 9110, 9.3.6), an absolute target for http."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, cast

import httpcore

from ._deadline import before_it_begins


class Tunnel(httpcore.NetworkBackend):
    """Opens connections to any host through one proxy."""

    def __init__(self, backend: httpcore.NetworkBackend, proxy: httpcore.Proxy) -> None:
        self._backend = backend
        self._proxy = proxy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the proxy and have it connect to the host."""
        origin = self._proxy.url.origin
        name = origin.host.decode("ascii")
        with _reaching(name):
            stream = self._backend.connect_tcp(name, origin.port, timeout, local_address, socket_options)
        try:
            if self._proxy.ssl_context is not None:
                with _reaching(name):
                    stream = stream.start_tls(self._proxy.ssl_context, name, timeout)
            request = _connect_request(self._proxy, host, port, timeout)
            with _asking():
                _check(httpcore.HTTP11Connection(origin, stream).handle_request(request))
        except BaseException:
            stream.close()
            raise
        return stream


class AsyncTunnel(httpcore.AsyncNetworkBackend):
    """Opens connections to any host through one proxy, on the running event loop."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend, proxy: httpcore.Proxy) -> None:
        self._backend = backend
        self._proxy = proxy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the proxy and have it connect to the host."""
        origin = self._proxy.url.origin
        name = origin.host.decode("ascii")
        with _reaching(name):
            stream = await self._backend.connect_tcp(name, origin.port, timeout, local_address, socket_options)
        try:
            if self._proxy.ssl_context is not None:
                with _reaching(name):
                    stream = await stream.start_tls(self._proxy.ssl_context, name, timeout)
            request = _connect_request(self._proxy, host, port, timeout)
            with _asking():
                _check(await httpcore.AsyncHTTP11Connection(origin, stream).handle_async_request(request))
        except BaseException:
            await stream.aclose()
            raise
        return stream


def forwarded(request: httpcore.Request, proxy: httpcore.Proxy) -> httpcore.Request:
    """Return a request for plain http as the proxy takes it."""
    url = request.url
    target = b"%b://%b%b" % (url.scheme, _authority(url.host, url.origin.port), url.target)
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=proxy.url.scheme, host=proxy.url.host, port=proxy.url.port, target=target),
        headers=[*request.headers, *_authorization(proxy)],
        content=cast(Any, request).stream,
        extensions=cast(Any, request).extensions,
    )


def _connect_request(proxy: httpcore.Proxy, host: str, port: int, timeout: float | None) -> httpcore.Request:
    authority = _authority(host.encode("ascii"), port)
    return httpcore.Request(
        b"CONNECT",
        httpcore.URL(scheme=proxy.url.scheme, host=proxy.url.host, port=proxy.url.port, target=authority),
        headers=[(b"Host", authority), *_authorization(proxy)],
        extensions={"timeout": {"read": timeout, "write": timeout}},
    )


def _authority(host: bytes, port: int) -> bytes:
    return b"[%b]:%d" % (host, port) if b":" in host else b"%b:%d" % (host, port)


def _authorization(proxy: httpcore.Proxy) -> list[tuple[bytes, bytes]]:
    if proxy.auth is None:
        return []
    name, password = proxy.auth
    return [(b"Proxy-Authorization", b"Basic " + b64encode(name + b":" + password))]


def _check(answer: httpcore.Response) -> None:
    if not 200 <= answer.status < 300:
        raise httpcore.ProxyError(f"the proxy answered {answer.status}")


@contextmanager
def _reaching(name: str) -> Generator[None, None, None]:
    """Say that it is the proxy that cannot be reached, not the host behind it."""
    try:
        yield
    except httpcore.ConnectError as error:
        raise httpcore.ProxyError(f"the proxy {name} cannot be reached, {error}") from error


@contextmanager
def _asking() -> Generator[None, None, None]:
    """Whatever happens while the proxy is asked, it happens before the call is sent."""
    try:
        with before_it_begins():
            yield
    except httpcore.TimeoutException as error:
        raise httpcore.ConnectTimeout("the proxy did not answer in time") from error
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        raise httpcore.ProxyError("the proxy closed the connection or answered in no known way") from error
