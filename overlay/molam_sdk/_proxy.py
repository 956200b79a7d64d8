"""Finds the proxy that stands between a client and a region: the option's, or the environment's where it is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpcore

from . import _urls
from .errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from ._request import Origin
    from .config import Config

_FROM_THE_ENVIRONMENT = "the proxy that the environment names (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY)"


def proxy_for(config: Config, origin: Origin) -> httpcore.Proxy | None:
    """Return the proxy for a region, or None.

    Raises:
        ConfigurationError: For one that cannot be used; its password is not shown.
    """
    url = config.proxy or (_environment_proxy(origin) if config.trust_env else None)
    if url is None:
        return None
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    if is_socks(parts.scheme) and not _has_socks():
        raise ConfigurationError("a socks proxy needs one more package: pip install 'httpx[socks]'")
    auth = None
    if parts.username is not None:
        auth = (unquote(parts.username).encode(), unquote(parts.password or "").encode())
    return httpcore.Proxy(
        httpcore.URL(
            scheme=parts.scheme.encode("ascii"),
            host=(parts.hostname or "").encode("ascii"),
            port=parts.port,
            target=b"/",
        ),
        auth=auth,
        ssl_context=_tls_context(config) if parts.scheme == "https" else None,
    )


def _tls_context(config: Config) -> ssl.SSLContext:
    from ._tls import context_for_proxy

    return context_for_proxy(config)


def is_socks(scheme: str | bytes) -> bool:
    """Whether a proxy speaks SOCKS, not HTTP."""
    return scheme in ("socks5", "socks5h", b"socks5", b"socks5h")


def _has_socks() -> bool:
    from importlib.util import find_spec

    return find_spec("socksio") is not None


def _environment_proxy(origin: Origin) -> str | None:
    """Return the proxy of the variable for this scheme; without a scheme of its own it speaks http, as for curl."""
    from urllib.request import getproxies, proxy_bypass

    if proxy_bypass(origin.netloc.decode("ascii")):
        return None
    proxies = getproxies()
    found = proxies.get(origin.scheme.decode("ascii")) or proxies.get("all")
    if not found:
        return None
    return _urls.proxy(_FROM_THE_ENVIRONMENT, found if "://" in found else f"http://{found}")
