"""The SDK's connections under any httpx client: `httpx.Client(transport=HTTPTransport())`.

What they bring: a deadline that bounds every wait of a request, DNS included; connections that survive forks, event
loops, interrupts and cancellations, and whose cost does not grow with the number in flight. A request's body
is read whole before it is sent, and an answer, up to `max_response_bytes`, before httpx sees it: `client.stream()` and
bodies from generators work, and stream nothing.
"""

from __future__ import annotations

import asyncio
import time
from math import isnan
from typing import TYPE_CHECKING, Any

import httpx

from ._front_door import async_front_door, front_door, front_door_of
from ._network import faults
from ._network.async_home import Homes
from ._network.dial import dial
from ._network.home import Home
from ._network.http11 import Conversation, head_of
from ._network.peer import Peer
from ._network.proxy import Proxy
from ._network.slots import Slot
from ._network.tunnel import absolute
from ._options.settings import duration, positive
from ._options.urls import is_socks
from ._options.urls import proxy as checked_proxy
from ._shapes import is_number
from .errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from ._network.async_connection import AsyncConnection
    from ._network.connection import Connection

__all__ = ["AsyncHTTPTransport", "HTTPTransport"]

_A_DAY = 86_400.0
_SWEEP_EVERY = 5.0
"""Seconds after which a new connection makes those that have idled for too long go."""


@front_door_of
class HTTPTransport(httpx.BaseTransport):
    """An HTTP/1.1 transport for `httpx.Client`.

    The timeouts of httpx bound single waits, as they do there. The `deadline` bounds the request as a whole; a request
    may bring its own: `client.get(url, extensions={"deadline": 2.0})`.

    Args:
        ssl_context: The TLS context, for a proxy too; certifi's authorities without it.
        max_connections: Connections to one host at most; whoever wants more waits in turn.
        max_response_bytes: Largest body that is read; a larger one is an `httpx.ReadError`.
        deadline: Seconds that a request may take altogether, without it a day.
        proxy: URL of a proxy that speaks HTTP.

    Raises:
        ConfigurationError: For an option that cannot work; a request whose own deadline is no number is a TypeError.
    """

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = 100,
        max_response_bytes: int = 16 * 1024 * 1024,
        deadline: float | None = None,
        proxy: str | None = None,
    ) -> None:
        max_connections = positive("max_connections", max_connections)
        self._way = _Way(ssl_context, max_response_bytes, deadline, proxy)
        self._home = Home(max_connections)

    @front_door
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer, read whole.

        Raises:
            httpx.TransportError: If there is none; an `httpx.ConnectError` if the transport is closed meanwhile.
            RuntimeError: If it was closed before.
        """
        if self._home.is_closed:
            raise RuntimeError("the transport is closed")
        name = _name(request)
        timeouts, ends_at, take_until = self._way.times(request)
        content = request.read()
        region = self._home.find(name) or self._home.open(name, self._way.to(request))
        peer, slots = region
        slot = Slot(slots)
        heard: Conversation | None = None
        try:
            data = _written(request, peer, content)
            slots.take(slot, take_until)
            connection: Connection | None = slot.connection
            if connection is None:
                self._sweep()
                connection = slot.connection = dial(peer, timeouts["connect"], ends_at)
            heard = connection.said
            said = connection.exchange(request.method, data, timeouts, ends_at, self._way.limit)
            if not connection.is_reusable() or _is_last(request):
                slot.drop()
            return self._way.answer(said)
        except Exception as error:
            slot.drop()
            raise _translated(error, request, heard, is_closed=self._home.is_closed) from error
        except BaseException:
            slot.drop()
            raise
        finally:
            if self._home.find(name) is not region:  # swept away between being found and being used
                slot.drop()
            slot.give_back()

    @front_door
    def close(self) -> None:
        """Close every connection, those that are in use once they are not."""
        self._home.close()

    def _sweep(self) -> None:
        """Close what has idled for too long on the way to any host, and forget the hosts that have nothing left."""
        if not self._way.is_to_sweep():
            return
        regions = self._home.own()
        for name, region in list(regions.items()):
            if region.slots.sweep():
                swept = regions.pop(name, region)
                if swept is not region:  # somebody else was faster, and the host is in use again
                    regions.setdefault(name, swept)


@front_door_of
class AsyncHTTPTransport(httpx.AsyncBaseTransport):
    """An HTTP/1.1 transport for `httpx.AsyncClient` on asyncio or uvloop; options and errors are `HTTPTransport`'s."""

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = 100,
        max_response_bytes: int = 16 * 1024 * 1024,
        deadline: float | None = None,
        proxy: str | None = None,
    ) -> None:
        max_connections = positive("max_connections", max_connections)
        self._way = _Way(ssl_context, max_response_bytes, deadline, proxy)
        self._homes = Homes(max_connections)

    @async_front_door
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer, read whole.

        Raises:
            httpx.TransportError: If there is none; an `httpx.ConnectError` if the transport is closed meanwhile.
            RuntimeError: If it was closed before.
        """
        if self._homes.is_closed:
            raise RuntimeError("the transport is closed")
        name = _name(request)
        timeouts, ends_at, take_until = self._way.times(request)
        content = await request.aread()
        region = self._homes.find(name) or self._homes.open(name, self._way.to(request))
        connection: AsyncConnection | None = None
        heard: Conversation | None = None
        is_held = False
        try:
            data = _written(request, region.peer, content)
            connection = await region.slots.take(take_until)
            is_held = True
            if connection is None:
                self._sweep()
                connection = await region.dial(timeouts["connect"], ends_at)
            heard = connection.said
            said = await connection.exchange(request.method, data, timeouts, ends_at, self._way.limit)
            if _is_last(request):
                connection.abort()
            return self._way.answer(said)
        except BaseException as error:
            if connection is not None:
                connection.abort()
            if isinstance(error, Exception):
                raise _translated(error, request, heard, is_closed=self._homes.is_closed) from error
            raise
        finally:
            if is_held:
                region.slots.give_back(connection)

    @async_front_door
    async def aclose(self) -> None:
        """Close every connection of the running loop."""
        await self._homes.aclose()

    def _sweep(self) -> None:
        """Do the same as `HTTPTransport`, for the hosts of the running loop."""
        home = self._homes.own().get(asyncio.get_running_loop())
        if home is None or not self._way.is_to_sweep():
            return
        for name, region in list(home.regions.items()):
            if region.slots.sweep():
                del home.regions[name]


class _Way:
    """What both transports do with their options."""

    def __init__(
        self, ssl_context: ssl.SSLContext | None, limit: int, deadline: float | None, proxy: str | None
    ) -> None:
        if ssl_context is not None and not hasattr(ssl_context, "wrap_bio"):
            raise ConfigurationError("ssl_context must be an ssl.SSLContext")
        self.limit = positive("max_response_bytes", limit)
        self._context = ssl_context
        self._deadline = None if deadline is None else duration("deadline", deadline)
        address = checked_proxy("proxy", proxy)
        if is_socks(address):
            raise ConfigurationError("proxy must speak HTTP; httpx's own transport knows socks")
        self._proxy = None if address is None else Proxy(address)
        self._swept_at = time.monotonic()

    def is_to_sweep(self) -> bool:
        """Whether it is time to look at the connections of all hosts again."""
        now = time.monotonic()
        if now - self._swept_at < _SWEEP_EVERY:
            return False
        self._swept_at = now
        return True

    def to(self, request: httpx.Request) -> Peer:
        """Return the host of a request."""
        url = request.url
        if url.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol(f"{url.scheme}:// is neither http:// nor https://", request=request)
        if not url.host:
            raise httpx.UnsupportedProtocol("the URL names no host", request=request)
        sealed = url.scheme == "https"
        port = url.port or (443 if sealed else 80)
        return Peer(url.raw_host.decode("ascii"), port, self._tls if sealed else None, self._proxy, self._tls)

    def times(self, request: httpx.Request) -> tuple[dict[str, float], float, float]:
        """Return the timeouts, when the request ends, and until when it may wait for a connection."""
        given = request.extensions.get("timeout", {})
        timeouts = {name: _seconds(given.get(name)) for name in ("connect", "read", "write", "pool")}
        deadline = _deadline_of(request, self._deadline)
        now = time.monotonic()
        ends_at = now + _seconds(deadline)
        return timeouts, ends_at, min(ends_at, now + timeouts["pool"])

    def answer(self, said: Conversation) -> httpx.Response:
        """Return what was read as httpx has it."""
        if said.is_cut:
            raise faults.ReadError(f"the answer is larger than {self.limit} bytes, or mostly something else than body")
        stream: Any = httpx.ByteStream(said.body)
        return httpx.Response(
            said.status, headers=said.headers, stream=stream, extensions={"http_version": b"HTTP/1.1"}
        )

    def _tls(self) -> ssl.SSLContext:
        from ._network.tls import context_of_certifi

        return context_of_certifi() if self._context is None else self._context


def _seconds(limit: float | None) -> float:
    return _A_DAY if limit is None else limit


def _deadline_of(request: httpx.Request, otherwise: float | None) -> float | None:
    """Return the seconds that a request brings along; a deadline that has passed is for the first wait to find out.

    Raises:
        TypeError: If they are no number.
    """
    given: object = request.extensions.get("deadline", otherwise)
    if given is None:
        return None
    if not is_number(given) or isnan(given):
        raise TypeError(f'extensions["deadline"] must be a number of seconds, not {type(given).__name__}')
    return min(float(given), _A_DAY)


def _name(request: httpx.Request) -> str:
    url = request.url
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _written(request: httpx.Request, peer: Peer, content: bytes) -> bytes:
    headers = [item for item in request.headers.raw if item[0].lower() not in _FRAMING]
    if content or request.method in ("POST", "PUT", "PATCH"):
        headers.append((b"Content-Length", b"%d" % len(content)))
    target = request.url.raw_path
    if peer.forwarding is not None:
        target = absolute(peer, target)
        headers.extend(peer.forwarding.headers)
    return head_of(request.method, target, headers) + content


_FRAMING = (b"content-length", b"transfer-encoding")


def _is_last(request: httpx.Request) -> bool:
    """Whether it tells the server to close its connection, which is then not used again (RFC 9112, 9.6)."""
    said = request.headers.get("connection", "").lower()
    return "close" in said and "close" in [option.strip() for option in said.split(",")]


def _translated(
    error: Exception, request: httpx.Request, heard: Conversation | None, *, is_closed: bool
) -> httpx.TransportError:
    """Return what httpx calls it; what nobody foresaw by whether a byte of the request may have left."""
    for ours, theirs in _NAMES:
        if isinstance(error, ours):
            return theirs(str(error), request=request)
    if heard is not None and heard.begun:
        return httpx.ReadError(str(error), request=request)
    return httpx.ConnectError("the transport was closed" if is_closed else str(error), request=request)


_NAMES: tuple[tuple[type[faults.WireError], type[httpx.TransportError]], ...] = (
    (faults.PoolTimeout, httpx.PoolTimeout),
    (faults.ProxyError, httpx.ProxyError),
    (faults.ConnectTimeout, httpx.ConnectTimeout),
    (faults.ConnectError, httpx.ConnectError),
    (faults.WriteTimeout, httpx.WriteTimeout),
    (faults.WriteError, httpx.WriteError),
    (faults.ReadTimeout, httpx.ReadTimeout),
    (faults.ReadError, httpx.ReadError),
    (faults.RemoteProtocolError, httpx.RemoteProtocolError),
    (faults.LocalProtocolError, httpx.LocalProtocolError),
    (faults.WireError, httpx.NetworkError),
)
