"""Opens connections: finds the address that answers first, digs a tunnel where there is a proxy, agrees on TLS."""

from __future__ import annotations

import os
import socket
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from .._options.urls import server_name
from .channel import Channel
from .connection import Connection
from .eyeballs import HEAD_START, interleaved
from .faults import ConnectError, ConnectTimeout, HandshakeTimeout, WireError
from .peer import KEEPALIVE
from .readiness import writable
from .resolve import Address, addresses
from .tunnel import check_tunnel, connect_request, refused, unreachable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from .peer import Peer
    from .proxy import Proxy

_LONGEST_TUNNEL_ANSWER = 64 * 1024


def dial(peer: Peer, seconds: float, ends_at: float) -> Connection:
    """Return a new connection to a host.

    Args:
        peer: The host and the way to it.
        seconds: How long each step may take: to connect, to be tunnelled, to agree on TLS.
        ends_at: Monotonic time at which all of it ends.

    Raises:
        WireError: If there is no connection.
        ConfigurationError: For certificates that cannot be used.
    """
    try:
        if peer.proxy is None:
            channel = Channel(_connect(peer.host, peer.port, _limit(seconds, ends_at)))
        else:
            channel = _through(peer, peer.proxy, seconds, ends_at)
        if peer.context is not None:
            channel = _sealed(channel, peer.context, peer.host, seconds, ends_at)
    except OSError as error:  # what the system refuses, such as one more descriptor
        raise ConnectError(str(error)) from error
    return Connection(channel)


def _through(peer: Peer, proxy: Proxy, seconds: float, ends_at: float) -> Channel:
    try:
        channel = Channel(_connect(proxy.host, proxy.port, _limit(seconds, ends_at)))
        if proxy.is_sealed and peer.proxy_context is not None:
            channel = _sealed(channel, peer.proxy_context, proxy.host, seconds, ends_at)
    except ConnectError as error:
        raise unreachable(proxy, error) from error
    if peer.forwarding is not None:
        return channel
    try:
        connection = Connection(channel)
        timeouts = {"write": seconds, "read": seconds}
        request = connect_request(peer, proxy)
        limit = _limit(seconds, ends_at)
        try:
            connection.exchange("CONNECT", request, timeouts, limit, _LONGEST_TUNNEL_ANSWER)
        except WireError as error:
            raise refused(error) from error
        check_tunnel(connection.said)
    except BaseException:
        channel.close()
        raise
    return channel


def _sealed(
    channel: Channel, context: Callable[[], ssl.SSLContext], host: str, seconds: float, ends_at: float
) -> Channel:
    try:
        from .sealed import sealed

        limit = min(time.monotonic() + seconds, ends_at)
        if time.monotonic() >= limit:
            raise HandshakeTimeout("no time was left to agree on TLS")
        asked = context()
    except BaseException:
        channel.close()
        raise
    return sealed(channel, asked, server_name(host), limit)


def _limit(seconds: float, ends_at: float) -> float:
    now = time.monotonic()
    if now >= ends_at:
        raise ConnectTimeout("no time was left to connect")
    return min(now + seconds, ends_at)


def _connect(host: str, port: int, limit: float) -> socket.socket:
    """Return a socket to the first address that answers (RFC 8305)."""
    waiting = deque(interleaved(addresses(host, port, limit - time.monotonic())))
    with _Race() as race:
        next_at = 0.0
        while True:
            now = time.monotonic()
            if now >= limit:
                raise ConnectTimeout("no address answered in time")
            if waiting and (now >= next_at or not race.is_on):
                race.enter(waiting.popleft())
                next_at = now + HEAD_START
            elif not race.is_on:
                raise ConnectError(str(race.failure)) from race.failure
            winner = race.wait((min(limit, next_at) if waiting else limit) - now)
            if winner is not None:
                return winner
            if race.has_news:
                race.has_news = False
                next_at = 0.0


class _Race:
    """Sockets that connect side by side; those that have not won are closed at the end."""

    def __init__(self) -> None:
        self._racing: set[socket.socket] = set()
        self.failure: OSError | None = None
        self.has_news = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._racing:
            sock.close()

    @property
    def is_on(self) -> bool:
        return bool(self._racing)

    def enter(self, address: Address) -> None:
        family, where = address
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            self.failure = error
            return
        self._racing.add(sock)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for option in KEEPALIVE:
                sock.setsockopt(*option)
            with suppress(BlockingIOError):
                sock.connect(where)
        except OSError as error:
            self._out(sock, error)

    def wait(self, seconds: float) -> socket.socket | None:
        """Return the winner, or None if there is none yet; `has_news` tells whether somebody dropped out."""
        if not self._racing:
            return None
        for sock in writable(self._racing, seconds):
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code == 0:
                self._racing.discard(sock)
                return sock
            self._out(sock, _os_error(code))
        return None

    def _out(self, sock: socket.socket, error: OSError) -> None:
        self._racing.discard(sock)
        sock.close()
        self.failure = error
        self.has_news = True


def _os_error(code: int) -> OSError:
    return OSError(code, os.strerror(code))
