# pyright: reportPrivateUsage=false
"""Connections on event loops that end early: closed in mid-answer, refused in mid-request, broken, read ahead of."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any, cast

import httpx
import pytest

from molam_sdk._network import async_connection
from molam_sdk._network.async_connection import AsyncConnection
from molam_sdk._network.faults import ReadError
from molam_sdk.transports import AsyncHTTPTransport
from tests.faults.actions import Answer, Stray
from tests.faults.certificates import make_authority, trusting
from tests.faults.connection import Connection
from tests.faults.server import FaultServer
from tests.faults.timing import SLACK

LOOPS: list[Callable[[], asyncio.AbstractEventLoop]] = [asyncio.new_event_loop]
if find_spec("uvloop") is not None:  # it is for CPython on other systems than Windows
    import uvloop

    LOOPS.append(uvloop.new_event_loop)
LARGE = b"x" * 20_000_000


@pytest.fixture(params=LOOPS, ids=lambda make: make.__module__.partition(".")[0])
def runner(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=request.param) as running:
        yield running


class Begins:
    """Sends the beginning of an answer and no more, until the client closes."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning
        self.sent = threading.Event()

    def play(self, connection: Connection) -> None:
        connection.read_request()
        connection.send(self._beginning)
        self.sent.set()
        connection.wait_for_byte()


@pytest.mark.parametrize(
    "beginning",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\nline 1\n"],
    ids=["nothing", "a line", "a body without length"],
)
def test_what_we_close_in_mid_answer_is_no_answer(runner: asyncio.Runner, beginning: bytes) -> None:
    async def scenario(url: str, action: Begins) -> None:
        transport = AsyncHTTPTransport()
        call = asyncio.ensure_future(transport.handle_async_request(httpx.Request("GET", url)))
        await asyncio.to_thread(action.sent.wait, 5)
        for _ in range(5):  # until it is heard
            await asyncio.sleep(0)
        await transport.aclose()
        with pytest.raises(httpx.ReadError, match="this client closed the connection"):
            await call

    action = Begins(beginning)
    with FaultServer(action) as server:
        runner.run(scenario(server.url, action))


def test_a_peer_that_reads_nothing_is_given_the_time_to_write(runner: asyncio.Runner) -> None:
    async def call(url: str, **extensions: Any) -> float:
        transport = AsyncHTTPTransport()
        begun = time.monotonic()
        with pytest.raises(httpx.WriteTimeout):
            await transport.handle_async_request(httpx.Request("POST", url, content=LARGE, extensions=extensions))
        took = time.monotonic() - begun
        await transport.aclose()
        return took

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        waits = {"connect": 5.0, "read": 20.0, "pool": 5.0}
        assert 0.3 <= runner.run(call(url, timeout=waits | {"write": 0.3})) <= 0.3 + 10 * SLACK
        assert 0.3 <= runner.run(call(url, timeout=waits | {"write": 20.0}, deadline=0.3)) <= 0.3 + 10 * SLACK


class Refuses:
    """Answers when a request has begun and `due` is set, and closes with most of it unread."""

    def __init__(self, due: threading.Event) -> None:
        self._due = due

    def play(self, connection: Connection) -> None:
        connection.sock.recv(1000)
        connection.hold(self._due)
        connection.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
        connection.ended = True
        connection.sock.close()


def refused(runner: asyncio.Runner, server: FaultServer, **options: Any) -> int:
    async def call() -> int:
        transport = AsyncHTTPTransport(**options)
        try:
            request = httpx.Request("POST", server.url, content=LARGE)
            return (await transport.handle_async_request(request)).status_code
        finally:
            await transport.aclose()

    return runner.run(call())


def test_a_body_that_is_refused_at_once(runner: asyncio.Runner, caplog: pytest.LogCaptureFixture) -> None:
    due = threading.Event()
    due.set()
    with caplog.at_level(logging.WARNING), FaultServer(otherwise=Refuses(due)) as server:
        assert [refused(runner, server) for _ in range(20)] == [413] * 20
    assert caplog.messages == []


@pytest.mark.parametrize("is_sealed", [False, True], ids=["plain", "tls"])
def test_a_body_that_is_refused_in_its_middle(
    runner: asyncio.Runner, is_sealed: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the client waits for the peer to read on."""
    authority = make_authority()
    due = threading.Event()
    pause = AsyncConnection.pause_writing

    def paused(connection: AsyncConnection) -> None:
        pause(connection)
        due.set()

    monkeypatch.setattr(AsyncConnection, "pause_writing", paused)
    tls = authority.server if is_sealed else None
    with caplog.at_level(logging.WARNING), FaultServer(otherwise=Refuses(due), tls=tls) as server:
        for _ in range(10):
            assert refused(runner, server, ssl_context=trusting(authority.pem)) == 413
            assert due.is_set()
            due.clear()
    assert caplog.messages == []


async def connected(sock: socket.socket) -> AsyncConnection:
    loop = asyncio.get_running_loop()
    connection = AsyncConnection(loop)
    await loop.create_connection(lambda: connection, sock=sock)
    return connection


@pytest.mark.parametrize(
    ("came", "status"),
    [
        (b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig", 413),
        (b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbi", None),
        (b"HTTP/1.1 413 Too Large\r\n\r\nbig", None),
        (b"", None),
    ],
    ids=["an answer", "a part of it", "no end", "nothing"],
)
def test_what_came_before_the_connection_broke_is_heard(came: bytes, status: int | None) -> None:
    async def scenario() -> int:
        ours, theirs = socket.socketpair()
        with theirs:
            connection = await connected(ours)
            timeouts = {"read": 5.0, "write": 5.0}
            call = asyncio.ensure_future(connection.exchange("POST", b"x", timeouts, time.monotonic() + 5, 1000))
            await asyncio.sleep(0)
            transport = connection._transport
            assert transport is not None
            theirs.send(came)
            connection.connection_lost(BrokenPipeError("nobody reads any more"))
            try:
                return (await call).status
            finally:
                transport.abort()

    if status is None:
        with pytest.raises(ReadError, match="nobody reads"):
            asyncio.run(scenario())
    else:
        assert asyncio.run(scenario()) == status


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """Has asyncio read ahead like the loop of Windows: what a read brings is heard one turn later.

    What is put into the list is called when a read has brought something that is not heard yet.
    """
    hooks: list[Callable[[], object]] = []

    def read(transport: Any) -> None:
        try:
            data = b"" if transport._conn_lost else transport._sock.recv(65536)
        except BlockingIOError:
            return
        protocol = transport._protocol

        def hear() -> None:
            if data:
                asyncio.protocols._feed_data_to_buffered_proto(protocol, data)  # type: ignore[attr-defined]
            elif not protocol.eof_received():
                transport.close()

        for hook in hooks:
            hook()
        transport._loop.call_soon(hear)

    monkeypatch.setattr("asyncio.selector_events._SelectorSocketTransport._read_ready", read)
    monkeypatch.setattr(async_connection, "reads_ahead", bool)
    return hooks


def test_what_a_loop_has_read_ahead_is_no_answer_to_the_next_call(ahead: list[Callable[[], object]]) -> None:
    sent = threading.Event()

    async def scenario(url: str) -> list[bytes]:
        transport = AsyncHTTPTransport()

        async def get() -> bytes:
            return (await transport.handle_async_request(httpx.Request("GET", url))).read()

        bodies = [await get()]
        came: asyncio.Future[asyncio.Task[bytes]] = asyncio.get_running_loop().create_future()

        def call() -> None:
            ahead.clear()
            came.set_result(asyncio.ensure_future(get()))

        ahead.append(call)
        bodies.append(await (await asyncio.wait_for(came, 5)))
        bodies.extend([await get(), await get()])
        await transport.aclose()
        return bodies

    stray = Stray(Answer(200, b"first", echo=False), Answer(200, b"stray", echo=False), sent)
    with FaultServer(stray, otherwise=Answer(200, b"other", echo=False)) as server:
        assert asyncio.run(scenario(server.url)) == [b"first", b"other", b"other", b"other"]
        assert server.accepted == 2


def test_only_loops_that_show_what_has_come_are_trusted(runner: asyncio.Runner) -> None:
    assert not async_connection.reads_ahead(runner.get_loop())
    assert async_connection.reads_ahead(cast(asyncio.AbstractEventLoop, object()))
