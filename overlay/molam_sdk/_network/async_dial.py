"""Opens connections on an event loop: the address that answers first, the tunnel of a proxy, TLS."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING

from .._options.urls import server_name
from .async_connection import AsyncConnection, later_than
from .eyeballs import HEAD_START, interleaved
from .faults import (
    ConnectError,
    ConnectTimeout,
    HandshakeError,
    HandshakeTimeout,
    ProxyError,
    ResolveTimeout,
    WireError,
)
from .peer import KEEPALIVE
from .resolve import Address, ask, known_addresses
from .tunnel import check_tunnel, connect_request, refused, unreachable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from .peer import Peer
    from .proxy import Proxy

_LONGEST_TUNNEL_ANSWER = 64 * 1024


async def dial(peer: Peer, seconds: float, ends_at: float) -> AsyncConnection:
    """Return a new connection to a host; arguments and errors are those of `dial.dial`."""
    try:
        return await _dialled(peer, seconds, ends_at)
    except OSError as error:  # what the system refuses, such as one more descriptor
        raise ConnectError(str(error)) from error


async def _dialled(peer: Peer, seconds: float, ends_at: float) -> AsyncConnection:
    proxy = peer.proxy
    if proxy is None:
        sock = await _connect(peer.host, peer.port, _limit(seconds, ends_at))
        return await _opened(sock, peer.context, peer.host, seconds, ends_at)
    connection = await _to_proxy(peer, proxy, seconds, ends_at)
    if peer.context is None:
        return connection
    try:
        await _dig(connection, peer, proxy, _limit(seconds, ends_at))
        limit = _handshake_limit(seconds, ends_at)
        context = peer.context()
        try:
            await connection.seal(context, server_name(peer.host), limit - time.monotonic())
        except TimeoutError as error:
            raise _too_slow(error, limit) from error
        except (OSError, ValueError) as error:
            raise HandshakeError(str(error)) from error
    except BaseException:
        connection.abort()
        raise
    return connection


async def _to_proxy(peer: Peer, proxy: Proxy, seconds: float, ends_at: float) -> AsyncConnection:
    try:
        sock = await _connect(proxy.host, proxy.port, _limit(seconds, ends_at))
        return await _opened(sock, peer.proxy_context if proxy.is_sealed else None, proxy.host, seconds, ends_at)
    except ConnectError as error:
        raise unreachable(proxy, error) from error


async def _dig(connection: AsyncConnection, peer: Peer, proxy: Proxy, limit: float) -> None:
    seconds = max(0.0, limit - time.monotonic())
    timeouts = {"write": seconds, "read": seconds}
    request = connect_request(peer, proxy)
    try:
        said = await connection.exchange("CONNECT", request, timeouts, limit, _LONGEST_TUNNEL_ANSWER)
    except WireError as error:
        raise refused(error) from error
    check_tunnel(said)
    if connection.is_lost:
        raise ProxyError("the proxy closed the connection or answered in no known way")


async def _opened(
    sock: socket.socket, context: Callable[[], ssl.SSLContext] | None, host: str, seconds: float, ends_at: float
) -> AsyncConnection:
    """Return a connection over a socket that is connected, under TLS if there is a context."""
    loop = asyncio.get_running_loop()
    connection = AsyncConnection(loop, sock)
    try:
        if context is None:
            await loop.create_connection(lambda: connection, sock=sock)
            return connection
        limit = _handshake_limit(seconds, ends_at)
        asked = context()
    except BaseException:
        sock.close()
        raise
    try:
        left = limit - time.monotonic()
        async with asyncio.timeout(left):
            await loop.create_connection(
                lambda: connection,
                sock=sock,
                ssl=asked,
                server_hostname=server_name(host),
                ssl_handshake_timeout=later_than(left),
            )
    except TimeoutError as error:
        raise _too_slow(error, limit) from error
    except (OSError, ValueError) as error:
        raise HandshakeError(str(error)) from error
    return connection


def _too_slow(error: TimeoutError, limit: float) -> HandshakeTimeout | HandshakeError:
    """Tell our own timeout from one of the operating system's."""
    if time.monotonic() >= limit - 0.001:
        return HandshakeTimeout("TLS was not agreed upon in time")
    return HandshakeError(str(error))


def _limit(seconds: float, ends_at: float) -> float:
    now = time.monotonic()
    if now >= ends_at:
        raise ConnectTimeout("no time was left to connect")
    return min(now + seconds, ends_at)


def _handshake_limit(seconds: float, ends_at: float) -> float:
    now = time.monotonic()
    if now >= ends_at:
        raise HandshakeTimeout("no time was left to agree on TLS")
    return min(now + seconds, ends_at)


async def _addresses(host: str, port: int, limit: float) -> list[Address]:
    """Return the addresses of a host; nobody waits for the thread that asks once the time is over."""
    found = known_addresses(host, port)
    if found is not None:
        return found
    loop = asyncio.get_running_loop()
    answered = asyncio.Event()

    def wake() -> None:
        try:
            loop.call_soon_threadsafe(answered.set)
        except RuntimeError:
            return  # the loop has closed: nobody waits any more

    question = ask(host, port, wake)
    try:
        async with asyncio.timeout(limit - time.monotonic()):
            await answered.wait()
    except TimeoutError as error:
        raise ResolveTimeout("no address in time") from error
    finally:
        question.forget(wake)
    return question.answer()


async def _connect(host: str, port: int, limit: float) -> socket.socket:
    """Return a socket to the first address that answers (RFC 8305)."""
    waiting = interleaved(await _addresses(host, port, limit))
    waiting.reverse()
    racing: dict[asyncio.Task[None], socket.socket] = {}
    failure: BaseException | None = None
    winner: socket.socket | None = None
    try:
        next_at = 0.0
        while waiting or racing:
            now = time.monotonic()
            if now >= limit:
                raise ConnectTimeout("no address answered in time")
            if waiting and (now >= next_at or not racing):
                try:
                    _enter(racing, waiting.pop())
                except OSError as error:
                    failure = error
                    continue
                next_at = now + HEAD_START
            ends = min(limit, next_at) if waiting else limit
            done, _ = await asyncio.wait(racing, timeout=ends - now, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                problem = task.exception()
                if problem is None:
                    winner = racing.pop(task)
                    await _retire(racing)
                    return winner
                racing.pop(task).close()
                failure = problem
                next_at = 0.0
        raise ConnectError(str(failure)) from failure
    except BaseException:
        if winner is not None:
            winner.close()
        await _retire(racing)
        raise


def _enter(racing: dict[asyncio.Task[None], socket.socket], address: Address) -> None:
    family, where = address
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for option in KEEPALIVE:
            sock.setsockopt(*option)
    except OSError:
        sock.close()
        raise
    task = asyncio.ensure_future(asyncio.get_running_loop().sock_connect(sock, where))
    racing[task] = sock


async def _retire(racing: dict[asyncio.Task[None], socket.socket]) -> None:
    """Give up the sockets that have not won: first the loop, then the socket itself must let go."""
    for task in racing:
        task.cancel()
    if racing:
        await asyncio.wait(racing)
    for task, sock in racing.items():
        if not task.cancelled():
            task.exception()
        sock.close()
