"""Where a feed connects to, and what it shows there: the client's own address, key, certificates and proxy."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from .._network.proxy import proxy_url
from .._network.tls import context_for, context_for_proxy
from ..errors import ConfigurationError

if TYPE_CHECKING:
    from .._calls.session import Session

MAX_BYTES = 65_536

_silent = logging.getLogger("molam_sdk.realtime.connection")
_silent.disabled = True  # the library logs the headers of handshakes, with the key


def needs_extra(error: ImportError) -> ConfigurationError:
    """Return the error for a library that is not installed."""
    name = (error.name or "websockets").partition(".")[0]
    return ConfigurationError(f"client.realtime needs {name}: pip install 'molam-sdk-python[realtime]'")


def address(session: Session, channel: str, after: int | None) -> str:
    """Return the WebSocket's URL; it holds no secret."""
    base = session.origins[0].base_url.replace("http", "ws", 1)
    return f"{base}/ws/{channel}" + ("" if after is None else f"?after={after}")


def options(session: Session) -> dict[str, Any]:
    """Return what the library is told for a connection, in both of its halves."""
    config, origin = session.config, session.origins[0]
    proxy = proxy_url(config, origin)
    given: dict[str, Any] = {
        "additional_headers": session.handshake_headers(),
        "user_agent_header": None,
        "compression": None,
        "open_timeout": config.timeout[0] + config.timeout[1],
        "ping_interval": 20,
        "ping_timeout": 25,
        "close_timeout": 2,
        "max_size": MAX_BYTES,
        "logger": _silent,
        "proxy": proxy,
    }
    if origin.base_url.startswith("https:"):
        given["ssl"] = context_for(config)
    if proxy is not None and proxy.startswith("https:"):
        given["proxy_ssl"] = context_for_proxy(config)
    return given
