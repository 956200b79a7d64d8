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

from molam_sdk._network import async_dial
from molam_sdk._network.async_connection import AsyncConnection
from molam_sdk._network.async_slots import AsyncSlots
from molam_sdk._network.peer import KEEPALIVE
from molam_sdk._network.readiness import READ, Readiness
from molam_sdk.transports import AsyncHTTPTransport, HTTPTransport
from tests.faults.certificates import Authority, make_authority
from tests.faults.certificates import trusting as trust

End = Literal["said", "cut"]
ROOMY_TO_SEND = (socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
ROOMY_TO_READ = (socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
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


class Layer:
    """The server's side of TLS over anything that sends and receives."""

    def __init__(
        self, context: ssl.SSLContext, receive: Callable[[int], bytes], send: Callable[[bytes], object]
    ) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._receive, self._send = receive, send
        self._until_done(self._tls.do_handshake)

    def receive(self, size: int) -> bytes:
        return cast(bytes, self._until_done(lambda: self._tls.read(size)))

    def send(self, data: bytes) -> None:
        self._tls.write(data)
        self._send(self._outgoing.read())

    def say_end(self) -> None:
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        self._send(self._outgoing.read())

    def _until_done(self, operation: Callable[[], Any]) -> Any:
        while True:
            try:
                result = operation()
            except ssl.SSLWantReadError:
                self._flush()
                self._incoming.write(self._receive(65536))
            else:
                self._flush()
                return result

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._send(self._outgoing.read())


class Large:
    """Sends a large answer and the end of the connection, as much as has room before the client reads."""

    def __init__(self, authority: Authority, answer: bytes, end: End, *, behind_proxy: bool) -> None:
        self._authority = authority
        self._answer = answer
        self._end = end
        self._behind_proxy = behind_proxy
        self._asked, self._is_held, self._has_come = threading.Event(), threading.Event(), threading.Event()

    def behave(self, sock: socket.socket) -> None:
        sock.setsockopt(*ROOMY_TO_SEND)

        def send(data: bytes) -> None:
            if self._is_held.is_set():
                sock.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while data:
                        data = data[sock.send(data) :]
                sock.settimeout(5)
                if data:
                    self._has_come.set()
            sock.sendall(data)

        layer = Layer(self._authority.server, sock.recv, send)
        if self._behind_proxy:
            assert layer.receive(65536).startswith(b"CONNECT ")
            layer.send(b"HTTP/1.1 200 OK\r\n\r\n")
            layer = Layer(self._authority.server, layer.receive, layer.send)
        layer.receive(65536)
        self._asked.set()
        self._is_held.wait(5)
        layer.send(self._answer)
        if self._end == "said":
            layer.say_end()
        sock.shutdown(socket.SHUT_WR)
        self._has_come.set()
        with contextlib.suppress(OSError):
            while sock.recv(65536):
                pass

    async def get(self, port: int, trusting: ssl.SSLContext) -> httpx.Response:
        url = f"https://localhost:{port}/"
        transport = AsyncHTTPTransport(ssl_context=trusting, proxy=url if self._behind_proxy else None)
        async with httpx.AsyncClient(transport=transport) as client:
            call = asyncio.ensure_future(client.get(url))
            await asyncio.to_thread(self._asked.wait, 5)
            self._is_held.set()
            self._has_come.wait(5)
            return await call


def framed(how: str, body: bytes) -> bytes:
    if how == "length":
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    if how == "chunks":
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in pieces(body, 10_000))
        return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%b0\r\n\r\n" % chunks
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system takes in more of an answer than an event loop reads at once."""
    monkeypatch.setattr(async_dial, "KEEPALIVE", (*KEEPALIVE, ROOMY_TO_READ))


@pytest.mark.usefixtures("roomy")
@pytest.mark.parametrize("factory", [asyncio.new_event_loop, new_uvloop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("way", ["direct", "tunnel"])
@pytest.mark.parametrize("how", ["length", "chunks", "connection"])
@pytest.mark.parametrize("size", [200_000, 250_000, 300_000, 1_000_000])
def test_a_large_answer_that_came_with_the_end_of_the_connection(
    authority: Authority, trusting: ssl.SSLContext, factory: Any, way: str, how: str, size: int
) -> None:
    """A length and chunks say where it ends; otherwise TLS must."""
    body = bytes(range(250)) * (size // 250)
    ends: tuple[End, ...] = ("said", "cut")
    for end in ends:
        large = Large(authority, framed(how, body), end, behind_proxy=way == "tunnel")
        with serving(large.behave) as port, asyncio.Runner(loop_factory=factory) as runner:
            if how == "connection" and end == "cut":
                with pytest.raises(httpx.ReadError):
                    runner.run(large.get(port, trusting))
            else:
                assert runner.run(large.get(port, trusting)).content == body


@pytest.mark.usefixtures("roomy")
@pytest.mark.parametrize("factory", [asyncio.new_event_loop, new_uvloop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("how", ["length", "chunks"])
def test_a_large_answer_that_lacks_its_last_byte_is_torn(
    authority: Authority, trusting: ssl.SSLContext, factory: Any, how: str
) -> None:
    ends: tuple[End, ...] = ("said", "cut")
    for end in ends:
        large = Large(authority, framed(how, b"x" * 500_000)[:-1], end, behind_proxy=False)
        with (
            serving(large.behave) as port,
            asyncio.Runner(loop_factory=factory) as runner,
            pytest.raises(httpx.RemoteProtocolError),
        ):
            runner.run(large.get(port, trusting))
