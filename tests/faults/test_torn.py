"""A body that ends with its connection is whole only if TLS says that it ends: anybody can close a connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any, Literal, cast

import httpx
import pytest

from molam_sdk._network.async_connection import AsyncConnection
from molam_sdk._network.async_slots import AsyncSlots
from molam_sdk._network.readiness import READ, Readiness
from molam_sdk.transports import AsyncHTTPTransport, HTTPTransport
from tests.faults.certificates import Authority, make_authority
from tests.faults.certificates import trusting as trust

End = Literal["said", "cut"]
HALF = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nthe first half"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority()


@pytest.fixture(scope="module")
def trusting(authority: Authority) -> ssl.SSLContext:
    return trust(authority.pem)


@contextlib.contextmanager
def serving(behave: Callable[[socket.socket], object]) -> Generator[int]:
    """A server of one connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        sock, _ = listener.accept()
        sock.settimeout(5)
        with sock, contextlib.suppress(OSError):
            behave(sock)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join(10)
        listener.close()


def ending(authority: Authority, end: End) -> Callable[[socket.socket], None]:
    def behave(sock: socket.socket) -> None:
        sealed = authority.server.wrap_socket(sock, server_side=True)
        sealed.recv(65536)
        sealed.sendall(HALF)
        if end == "said":
            with contextlib.suppress(OSError):
                sealed.unwrap()
        below = socket.socket(fileno=sealed.detach())
        with below, contextlib.suppress(OSError):
            below.shutdown(socket.SHUT_WR)
            below.settimeout(5)
            below.recv(65536)

    return behave


def new_uvloop() -> asyncio.AbstractEventLoop:
    uvloop = pytest.importorskip("uvloop")
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


@pytest.fixture(params=["sync", "asyncio", "uvloop"])
def get(request: pytest.FixtureRequest, trusting: ssl.SSLContext) -> Iterator[Callable[[str], httpx.Response]]:
    if request.param == "sync":
        with httpx.Client(transport=HTTPTransport(ssl_context=trusting)) as client:
            yield client.get
        return
    factory = asyncio.new_event_loop if request.param == "asyncio" else new_uvloop
    with asyncio.Runner(loop_factory=factory) as runner:
        aclient = httpx.AsyncClient(transport=AsyncHTTPTransport(ssl_context=trusting))
        yield lambda url: runner.run(aclient.get(url))
        runner.run(aclient.aclose())


def test_a_body_whose_end_was_cut_off_is_torn(authority: Authority, get: Callable[[str], httpx.Response]) -> None:
    with serving(ending(authority, "cut")) as port, pytest.raises(httpx.ReadError):
        get(f"https://localhost:{port}/")


def test_a_body_whose_end_was_said_is_whole(authority: Authority, get: Callable[[str], httpx.Response]) -> None:
    with serving(ending(authority, "said")) as port:
        assert get(f"https://localhost:{port}/").text == "the first half"


@pytest.mark.parametrize("factory", [asyncio.new_event_loop, new_uvloop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("said", ["tickets", "something"])
def test_late_tickets_cost_no_connection(
    authority: Authority, trusting: ssl.SSLContext, factory: Any, said: str
) -> None:
    go, sent, finished = threading.Event(), threading.Event(), threading.Event()

    def behave(sock: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = authority.server.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(sock.recv(65536))
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        sock.sendall(outgoing.read())
        go.wait(5)
        incoming.write(sock.recv(65536))
        tls.do_handshake()
        if said == "something":
            tls.write(b"something")
        sock.sendall(outgoing.read())
        sent.set()
        finished.wait(5)

    async def scenario(port: int) -> None:
        loop = asyncio.get_running_loop()
        connection = AsyncConnection(loop)
        await loop.create_connection(lambda: connection, "127.0.0.1", port, ssl=trusting, server_hostname="localhost")
        ready: Readiness = cast(Any, connection)._ready
        await asyncio.sleep(0.01)  # for the rest of the handshake to leave
        go.set()
        assert sent.wait(5)  # on purpose without giving the loop a chance to read it
        assert ready.wait(READ, 5)
        slots = AsyncSlots(1)
        assert await slots.take(0) is None
        slots.give_opened(connection)
        taken = await slots.take(time.monotonic() + 1)
        assert (taken is connection) == (said == "tickets")
        slots.give_back(taken)
        finished.set()
        await slots.aclose()

    with serving(behave) as port, asyncio.Runner(loop_factory=factory) as runner:
        runner.run(scenario(port))
