"""httpx's own transports under the SDK: what `wire="httpx"` sends HTTP/1.1 with, and SOCKS proxies need."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import httpx

from .._options.urls import is_socks, server_name
from ..errors import ConfigurationError
from .async_home import ByLoop, Home, discard_closed, forget
from .peer import KEEPALIVE, KEEPALIVE_EXPIRY
from .per_process import PerProcess
from .proxy import proxy_url
from .request import Origin
from .tls import context_for, context_for_proxy

if TYPE_CHECKING:
    from ..config import Config


class HttpxTransports(httpx.BaseTransport):
    """One httpx transport for each region, opened when it is needed; a forked child begins with none."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._opened = PerProcess(dict[str, httpx.HTTPTransport], _close_all)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send through the transport of the request's host."""
        base = _base(request)
        opened = self._opened.own()
        found = opened.get(base)
        if found is None:
            found = opened.setdefault(base, httpx.HTTPTransport(**_options(self._config, base)))
        return found.handle_request(_named(self._config, request, base))

    def close(self) -> None:
        """Close every transport of this process."""
        _close_all(self._opened.own())


class AsyncHttpxTransports(httpx.AsyncBaseTransport):
    """One httpx transport for each region and event loop, opened when it is needed and closed with its loop."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._homes = PerProcess(ByLoop, forget)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send through the transport of the request's host."""
        homes = self._homes.own()
        loop = asyncio.get_running_loop()
        home = homes.get(loop)
        if home is None:
            discard_closed(homes)
            home = homes[loop] = Home()
        opened = cast("dict[str, _OnLoop]", home.regions)
        base = _base(request)
        found = opened.get(base)
        if found is None:
            found = opened[base] = _OnLoop(**_options(self._config, base))
        return await found.handle_async_request(_named(self._config, request, base))

    async def aclose(self) -> None:
        """Close every transport of the running loop; those of other loops are closed with them."""
        homes = self._homes.own()
        home = homes.pop(asyncio.get_running_loop(), None)
        discard_closed(homes)
        if home is not None:
            await home.aclose()


class _OnLoop(httpx.AsyncHTTPTransport):
    """The transport of a region on an event loop."""

    def discard(self) -> None:
        """Do nothing, since httpx closes nothing without the loop: the sockets go when nobody has the transport."""


def _close_all(opened: dict[str, httpx.HTTPTransport]) -> None:
    while opened:
        opened.popitem()[1].close()


def _base(request: httpx.Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"


def _named(config: Config, request: httpx.Request, base: str) -> httpx.Request:
    """Return the request with the name of its host as TLS is to call it, if that is another.

    httpcore would call a proxy that is spoken to over TLS by that name.
    """
    host = request.url.raw_host.decode("ascii")
    name = server_name(host)
    if name != host and not _is_sealed(proxy_url(config, Origin(base))):
        request.extensions["sni_hostname"] = name
    return request


def _is_sealed(proxy: str | None) -> bool:
    return proxy is not None and proxy.startswith("https:")


def _options(config: Config, base: str) -> dict[str, Any]:
    url = proxy_url(config, Origin(base))
    return {
        "verify": context_for(config) if base.startswith("https:") else False,
        "trust_env": False,
        "http2": False,
        "limits": httpx.Limits(
            max_connections=config.max_connections,
            max_keepalive_connections=config.max_connections,
            keepalive_expiry=KEEPALIVE_EXPIRY,
        ),
        "proxy": None if url is None else _proxy(config, url),
        "socket_options": KEEPALIVE,
    }


def _proxy(config: Config, url: str) -> httpx.Proxy:
    from importlib.util import find_spec

    if is_socks(url) and find_spec("socksio") is None:
        raise ConfigurationError("a socks proxy needs one more package: pip install 'httpx[socks]'")
    return httpx.Proxy(url, ssl_context=context_for_proxy(config) if _is_sealed(url) else None)
