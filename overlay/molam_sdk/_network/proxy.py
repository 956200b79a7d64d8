"""Finds the proxy that stands between a client and a region: the option's, or the environment's where it is trusted."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from .._options import urls
from .._options.destination import check_proxy
from ..errors import ConfigurationError

if TYPE_CHECKING:
    from ..config import Config
    from .request import Origin

_FROM_THE_ENVIRONMENT = "the proxy that the environment names (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY)"


class Proxy:
    """A proxy that speaks HTTP.

    Attributes:
        host: Its name or address.
        port: Its port.
        is_sealed: Whether it is spoken to over TLS.
        headers: What it is told of itself only: credentials.
    """

    __slots__ = ("headers", "host", "is_sealed", "port")

    def __init__(self, url: str) -> None:
        from urllib.parse import unquote, urlsplit

        parts = urlsplit(url)
        self.is_sealed = parts.scheme == "https"
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if self.is_sealed else 80)
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        if parts.username is not None:
            name, password = unquote(parts.username).encode(), unquote(parts.password or "").encode()
            self.headers = ((b"Proxy-Authorization", b"Basic " + b64encode(name + b":" + password)),)


def proxy_for(config: Config, origin: Origin) -> Proxy | None:
    """Return the proxy for a region, or None.

    Raises:
        ConfigurationError: For one that cannot be used; its password is not shown.
    """
    url = proxy_url(config, origin)
    if url is None:
        return None
    if urls.is_socks(url):
        raise ConfigurationError('the wire "molam" speaks to http and https proxies only; pass wire="httpx" for socks')
    return Proxy(url)


def proxy_url(config: Config, origin: Origin) -> str | None:
    """Return the address of the proxy for a region, of whatever kind, or None.

    Raises:
        ConfigurationError: For one that the environment names and that is none, and for one that must not get this.
    """
    url = config.proxy or (_environment_proxy(origin) if config.trust_env else None)
    if url is not None:
        check_proxy(config, origin.base_url, url)
    return url


def has_own_wire(config: Config) -> bool:
    """Whether calls go over the SDK's own connections; a SOCKS proxy needs httpx's."""
    if config.transport is not None or config.http_adapter is not None or config.wire == "httpx":
        return False
    if config.wire == "molam":
        return True
    return not (urls.is_socks(config.proxy) or (config.trust_env and _environment_has_socks()))


def _environment_has_socks() -> bool:
    from urllib.request import getproxies

    return any(map(urls.is_socks, getproxies().values()))


def _environment_proxy(origin: Origin) -> str | None:
    """Return the proxy of the variable for this scheme; without a scheme of its own it speaks http, as for curl."""
    from urllib.request import getproxies, proxy_bypass

    if proxy_bypass(origin.netloc.decode("ascii")):
        return None
    proxies = getproxies()
    found = proxies.get(origin.scheme.decode("ascii")) or proxies.get("all")
    if not found:
        return None
    return urls.proxy(_FROM_THE_ENVIRONMENT, found if "://" in found else f"http://{found}")
