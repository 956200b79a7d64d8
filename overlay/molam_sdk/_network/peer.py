"""Whom the connections of one pool lead to: a host, how it is spoken to, and the proxy on the way."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from .proxy import proxy_for
from .tls import context_for, context_for_proxy

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from ..config import Config
    from .proxy import Proxy
    from .request import Origin

KEEPALIVE_EXPIRY = 60.0
"""Seconds that a connection may idle before it is closed instead of used."""

KEEPALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    ),
]
"""Options of every socket: a NAT that forgot a connection is found out while an answer is waited for."""


class Peer:
    """A host as connections need to know it.

    Attributes:
        host: Its name or address.
        port: Its port.
        where: Both, for messages.
        context: Asked for the TLS context of each new connection, so that renewed certificates are taken up; None
            for plain http.
        proxy: What stands in between, or None.
        proxy_context: Asked for the context of a proxy behind TLS.
    """

    __slots__ = ("context", "host", "port", "proxy", "proxy_context", "where")

    def __init__(
        self,
        host: str,
        port: int,
        context: Callable[[], ssl.SSLContext] | None,
        proxy: Proxy | None = None,
        proxy_context: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.context = context
        self.proxy = proxy
        self.proxy_context = proxy_context

    @property
    def forwarding(self) -> Proxy | None:
        """The proxy that is to be handed whole requests, since it needs no tunnel to a host that speaks plain http."""
        return self.proxy if self.context is None else None


def peer_of(config: Config, origin: Origin) -> Peer:
    """Return the region as a client with these options reaches it.

    Raises:
        ConfigurationError: For a proxy or certificates that cannot be used.
    """
    sealed = origin.scheme == b"https"
    proxy = proxy_for(config, origin)
    if sealed:
        context_for(config)
    return Peer(
        origin.host.decode("ascii"),
        origin.port or (443 if sealed else 80),
        (lambda: context_for(config)) if sealed else None,
        proxy,
        lambda: context_for_proxy(config),
    )
