# pyright: reportPrivateUsage=false
"""The SDK's connections under plain httpx clients."""

from __future__ import annotations

import asyncio
import base64
import gzip
import socket
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import httpx
import pytest

from molam_sdk._network.home import Region
from molam_sdk._network.slots import Slot, Slots
from molam_sdk.errors import ConfigurationError
from molam_sdk.transports import AsyncHTTPTransport, HTTPTransport
from tests.faults.actions import Action, Answer, CloseUnanswered, Drip, Duplicate, Hold, Raw, Truncate
from tests.faults.certificates import make_authority, trusting
from tests.faults.server import FaultServer
from tests.faults.timing import SLACK, lateness
from tests.unit.sdk.proxy import Proxy

PLAIN = Answer(200, b'{"n": 1}', echo=False)
SECRET = "s3cret-of-a-test"
Send = Callable[..., httpx.Response]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(otherwise=PLAIN) as running:
        yield running


@pytest.fixture
def sending(kind: str) -> Iterator[Callable[..., Send]]:
    """Makes a client of httpx over a transport with these options; returns its `request`."""
    with asyncio.Runner() as runner:
        opened: list[Any] = []

        def make(**options: Any) -> Send:
            if kind == "sync":
                client = httpx.Client(transport=HTTPTransport(**options), timeout=5)
                opened.append(client.close)
                return client.request
            aclient = httpx.AsyncClient(transport=AsyncHTTPTransport(**options), timeout=5)
            opened.append(lambda: runner.run(aclient.aclose()))

            def request(*args: Any, **kwargs: Any) -> httpx.Response:
                return runner.run(aclient.request(*args, **kwargs))

            return request

        yield make
        for close in opened:
            close()


def test_answers_come_whole_over_a_connection_that_is_kept(sending: Callable[..., Send], server: FaultServer) -> None:
    send = sending()
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        answer = send(method, f"{server.url}/a?b=c", content=b"x" if method == "POST" else None)
        assert (answer.status_code, answer.json(), answer.http_version) == (200, {"n": 1}, "HTTP/1.1")
    assert server.accepted == 1
    assert [request.target for request in server.requests] == ["/a?b=c"] * 4
    assert server.requests[1].body == b"x"


def test_what_httpx_does_on_top_still_works(sending: Callable[..., Send], server: FaultServer) -> None:
    packed = gzip.compress(b'{"n": 2}')
    server.then(Answer(302, b"", {"Location": "/elsewhere"}, echo=False))
    server.then(Answer(200, packed, {"Content-Encoding": "gzip", "Set-Cookie": "a=b"}, echo=False))
    answer = sending()("GET", server.url, follow_redirects=True, auth=("me", "secret"))
    assert (answer.json(), dict(answer.cookies), len(answer.history)) == ({"n": 2}, {"a": "b"}, 1)
    assert server.requests[1].headers["authorization"].startswith("Basic ")


def test_a_body_in_pieces_is_sent_with_its_length(kind: str, sending: Callable[..., Send], server: FaultServer) -> None:
    async def later() -> AsyncIterator[bytes]:
        yield b"one,"
        yield b"two"

    def now() -> Iterator[bytes]:
        yield b"one,"
        yield b"two"

    sending()("POST", server.url, content=now() if kind == "sync" else later())
    assert (server.requests[0].body, server.requests[0].headers.get("transfer-encoding")) == (b"one,two", None)


@pytest.mark.parametrize("way", ["plain", "tls", "tls in a tunnel", "tls in a sealed tunnel"])
def test_a_large_body_is_sent_whole(sending: Callable[..., Send], way: str) -> None:
    authority = make_authority()
    context = trusting(authority.pem)
    server = FaultServer(otherwise=PLAIN, tls=None if way == "plain" else authority.server)
    with server, Proxy(tls=authority.server if "sealed" in way else None) as proxy:
        options: dict[str, Any] = {"ssl_context": context}
        if "tunnel" in way:
            options["proxy"] = f"http{'s' if 'sealed' in way else ''}://localhost:{proxy.address.rpartition(':')[2]}"
        send = sending(**options)
        for _ in range(2):
            assert send("POST", server.url, content=b"x" * 3_000_000).json() == {"n": 1}
        assert [len(request.body) for request in server.requests] == [3_000_000] * 2
        assert server.accepted == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (CloseUnanswered(), httpx.RemoteProtocolError),
        (Truncate(PLAIN), httpx.RemoteProtocolError),
        (Raw(b"220 mail ready\r\n\r\n"), httpx.RemoteProtocolError),
        (Hold(threading.Event(), PLAIN), httpx.ReadTimeout),
        (Answer(200, b"x" * 2000, echo=False), httpx.ReadError),
    ],
    ids=["closed", "cut", "no HTTP", "silent", "too large"],
)
def test_failures_are_those_of_httpx(
    sending: Callable[..., Send], server: FaultServer, fault: Action, error: type[httpx.TransportError]
) -> None:
    server.then(fault)
    send = sending(max_response_bytes=1000)
    with pytest.raises(error) as caught:
        send("GET", server.url, timeout=0.2)
    assert type(caught.value) is error
    assert str(caught.value.request.url).rstrip("/") == server.url
    assert send("GET", server.url).json() == {"n": 1}


def test_nobody_there(sending: Callable[..., Send], monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        sending()("GET", f"http://127.0.0.1:{port}")

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(httpx.ConnectError):
        sending()("GET", "http://api.example.test")


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_drip_ends_with_the_deadline(sending: Callable[..., Send], server: FaultServer, part: Any) -> None:
    server.otherwise = Drip(Answer(200, b"x" * 1000, echo=False), 0.02, part)
    send = sending(deadline=9)

    def call() -> None:
        with pytest.raises(httpx.ReadTimeout):
            send("GET", server.url, extensions={"deadline": 0.4})

    assert lateness(call, 0.4) <= SLACK


def test_whoever_waits_for_a_connection_waits_no_longer_than_told(kind: str, server: FaultServer) -> None:
    release = threading.Event()
    server.then(Hold(release, PLAIN))
    limits = (httpx.Timeout(5, pool=0.1), httpx.Timeout(5, pool=0.0))

    def sync() -> None:
        with httpx.Client(transport=HTTPTransport(max_connections=1)) as client:
            first = threading.Thread(target=client.get, args=(server.url,))
            first.start()
            server.wait_for_requests(1)
            for limit in limits:
                with pytest.raises(httpx.PoolTimeout):
                    client.get(server.url, timeout=limit)
            release.set()
            first.join()

    async def asynchronous() -> None:
        async with httpx.AsyncClient(transport=AsyncHTTPTransport(max_connections=1)) as client:
            first = asyncio.ensure_future(client.get(server.url))
            await asyncio.to_thread(server.wait_for_requests, 1)
            for limit in limits:
                with pytest.raises(httpx.PoolTimeout):
                    await client.get(server.url, timeout=limit)
            release.set()
            await first

    sync() if kind == "sync" else asyncio.run(asynchronous())


def test_a_second_answer_reaches_nobody(sending: Callable[..., Send], server: FaultServer) -> None:
    server.then(Duplicate(PLAIN, Answer(200, b'{"n": 666}', echo=False)))
    send = sending()
    assert [send("GET", server.url).json()["n"] for _ in range(3)] == [1, 1, 1]
    assert server.accepted == 2


def test_a_header_with_a_line_break_is_not_sent(sending: Callable[..., Send], server: FaultServer) -> None:
    with pytest.raises(httpx.LocalProtocolError):
        sending()("GET", server.url, headers={"X-A": "b\r\nX-C: d"})
    assert server.requests == []


def test_what_it_does_not_speak(sending: Callable[..., Send]) -> None:
    with pytest.raises(httpx.UnsupportedProtocol):
        sending()("GET", "ftp://127.0.0.1/")
    for proxy in ("socks5://127.0.0.1:1", "127.0.0.1:1"):
        with pytest.raises(ConfigurationError):
            sending(proxy=proxy)


def test_tls_and_a_proxy(sending: Callable[..., Send]) -> None:
    authority = make_authority()
    context = trusting(authority.pem)
    with FaultServer(otherwise=PLAIN, tls=authority.server) as sealed, Proxy() as proxy:
        assert sending(ssl_context=context)("GET", sealed.url).json() == {"n": 1}
        assert sending(ssl_context=context, proxy=f"http://{proxy.address}")("GET", sealed.url).json() == {"n": 1}
        with pytest.raises(httpx.ConnectError):
            sending()("GET", sealed.url)
    assert len(proxy.seen) == 1


def test_a_closed_transport_sends_nothing(server: FaultServer) -> None:
    transport = HTTPTransport()
    transport.close()
    with pytest.raises(RuntimeError, match="closed"):
        transport.handle_request(httpx.Request("GET", server.url))

    async def asynchronous() -> None:
        atransport = AsyncHTTPTransport()
        await atransport.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await atransport.handle_async_request(httpx.Request("GET", server.url))

    asyncio.run(asynchronous())
    assert server.requests == []


class Sender:
    """A transport of either kind, with what it has inside."""

    def __init__(self, kind: str, runner: asyncio.Runner, **options: Any) -> None:
        self._runner = runner
        self.is_sync = kind == "sync"
        self.transport: Any = HTTPTransport(**options) if self.is_sync else AsyncHTTPTransport(**options)

    def send(self, url: str, **headers: str) -> httpx.Response:
        request = httpx.Request("GET", url, headers=headers)
        if self.is_sync:
            answer: httpx.Response = self.transport.handle_request(request)
            return answer
        return cast(httpx.Response, self._runner.run(self.transport.handle_async_request(request)))

    def close(self) -> None:
        if self.is_sync:
            self.transport.close()
        else:
            self._runner.run(self.transport.aclose())

    @property
    def regions(self) -> dict[str, Any]:
        own = self.transport._home.own() if self.is_sync else self.on_loop().regions
        return cast("dict[str, Any]", own)

    def on_loop(self) -> Any:
        return self.transport._homes.own()[self._runner.get_loop()]


@pytest.fixture
def make(kind: str) -> Iterator[Callable[..., Sender]]:
    with asyncio.Runner() as runner:
        made: list[Sender] = []

        def build(**options: Any) -> Sender:
            made.append(Sender(kind, runner, **options))
            return made[-1]

        yield build
        for each in made:
            each.close()


def test_a_new_connection_makes_those_go_that_idled_too_long_on_the_way_to_any_host(
    make: Callable[..., Sender], server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("molam_sdk.transports._SWEEP_EVERY", 0)
    sender = make()
    with FaultServer(otherwise=PLAIN) as visited, FaultServer(otherwise=PLAIN) as kept, FaultServer() as new:
        for each in (visited, kept):
            sender.send(each.url)
        sender.regions[visited.url].slots._expiry = -1
        new.otherwise = PLAIN
        sender.send(new.url)
        visited.wait_for_open_connections(0)
        assert sorted(sender.regions) == sorted([kept.url, new.url])
        for each in (kept, visited):
            assert sender.send(each.url).status_code == 200
        assert (kept.accepted, visited.accepted) == (1, 2)


def test_a_host_that_is_in_use_is_not_forgotten(
    kind: str, make: Callable[..., Sender], server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("molam_sdk.transports._SWEEP_EVERY", 0)
    sender = make()
    release = threading.Event()
    with FaultServer(otherwise=Hold(release, PLAIN)) as busy:
        if kind == "sync":
            answers: list[httpx.Response] = []
            thread = threading.Thread(target=lambda: answers.append(sender.send(busy.url)))
            thread.start()
            busy.wait_for_requests(1)
            sender.send(server.url)
            assert sorted(sender.regions) == sorted([busy.url, server.url])
            release.set()
            thread.join()
            (answer,) = answers
        else:

            async def both() -> httpx.Response:
                transport = sender.transport
                held = asyncio.ensure_future(transport.handle_async_request(httpx.Request("GET", busy.url)))
                await asyncio.to_thread(busy.wait_for_requests, 1)
                await transport.handle_async_request(httpx.Request("GET", server.url))
                assert len(transport._homes.own()[asyncio.get_running_loop()].regions) == 2
                release.set()
                answer: httpx.Response = await held
                return answer

            answer = sender._runner.run(both())
        assert answer.status_code == 200
        sender.send(busy.url)
        assert busy.accepted == 1


def test_a_host_that_is_forgotten_as_it_is_found_keeps_no_connection(server: FaultServer) -> None:
    transport = HTTPTransport()

    class Late(Slots):
        def take(self, slot: Slot, ends_at: float) -> None:
            transport._home.own().clear()
            super().take(slot, ends_at)

    found = transport._home.open(server.url, transport._way.to(httpx.Request("GET", server.url)))
    transport._home.own()[server.url] = Region(found.peer, Late(1))
    assert transport.handle_request(httpx.Request("GET", server.url)).status_code == 200
    server.wait_for_open_connections(0)
    assert transport.handle_request(httpx.Request("GET", server.url)).status_code == 200
    transport.close()


def test_closed_while_somebody_waits_for_a_connection(kind: str, server: FaultServer) -> None:
    release = threading.Event()
    server.then(Hold(release, PLAIN))

    def sync() -> None:
        transport = HTTPTransport(max_connections=1)
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(transport.handle_request, httpx.Request("GET", server.url))
            server.wait_for_requests(1)
            second = threads.submit(transport.handle_request, httpx.Request("GET", server.url))
            while not transport._home.own()[server.url].slots._waiting:
                release.wait(0.001)
            transport.close()
            with pytest.raises(httpx.ConnectError, match="closed"):
                second.result()
            release.set()
            assert first.result().status_code == 200

    async def asynchronous() -> None:
        transport = AsyncHTTPTransport(max_connections=1)
        first, second = (
            asyncio.ensure_future(transport.handle_async_request(httpx.Request("GET", server.url))) for _ in range(2)
        )
        await asyncio.to_thread(server.wait_for_requests, 1)
        await transport.aclose()
        with pytest.raises(httpx.ConnectError, match="closed"):
            await second
        with pytest.raises(httpx.TransportError):
            await first
        release.set()

    sync() if kind == "sync" else asyncio.run(asynchronous())


@pytest.mark.parametrize("error", [MemoryError("full"), ConfigurationError("no certificates"), ValueError("odd")])
def test_what_nobody_foresaw_before_a_byte_has_left(
    make: Callable[..., Sender], server: FaultServer, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    sender = make()
    sender.send(server.url)
    before = len(server.requests)
    slots = sender.regions[server.url].slots.__class__
    with monkeypatch.context() as patched:
        patched.setattr(slots, "take", fail)
        with pytest.raises(httpx.ConnectError) as caught:
            sender.send(server.url)
    assert caught.value.__cause__ is error
    assert len(server.requests) == before


@pytest.mark.parametrize("error", [MemoryError("full"), ConfigurationError("odd")])
def test_what_nobody_foresaw_once_a_byte_may_have_left(
    make: Callable[..., Sender], server: FaultServer, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = make()
    sender.send(server.url)
    made = sender.regions[server.url].slots._idle[0].__class__

    def fail(found: Any, *arguments: Any) -> Any:
        found.said.begun = True
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(made, "exchange", fail)
        with pytest.raises(httpx.ReadError):
            sender.send(server.url)
    server.wait_for_open_connections(0)


def test_no_traceback_shows_what_was_sent_or_to_which_proxy(make: Callable[..., Sender], server: FaultServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server.then(CloseUnanswered())
    shown: list[str] = []
    for url, options in (
        (server.url, {}),
        ("http://127.0.0.1:9", {"proxy": f"http://user:{SECRET}@127.0.0.1:{port}"}),
        (f"https://127.0.0.1:{port}", {}),
    ):
        with pytest.raises(httpx.TransportError) as caught:
            make(**options).send(url, Authorization=f"Bearer {SECRET}")
        shown += traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    with pytest.raises(ConfigurationError) as refused:
        make(proxy=f"http://user:{SECRET}@127.0.0.1:{port}/path")
    shown += traceback.TracebackException.from_exception(refused.value, capture_locals=True).format()
    ours = [part for part in shown if "/molam_sdk/" in part.partition("\n")[0]]
    assert len(ours) > 10
    for secret in (SECRET, base64.b64encode(f"user:{SECRET}".encode()).decode()):
        assert not [part for part in ours if secret in part]


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("max_connections", (0, -1, 1.5, "10", True)),
        ("max_response_bytes", (0, "1")),
        ("deadline", (0, -1, "1", float("nan"), float("inf"))),
        ("ssl_context", ("ca.pem", True)),
        ("proxy", ("proxy:3128", "socks5://127.0.0.1:1")),
    ],
)
def test_options_that_cannot_work(sending: Callable[..., Send], option: str, values: tuple[Any, ...]) -> None:
    for value in values:
        with pytest.raises(ConfigurationError, match=option):
            sending(**{option: value})


def test_a_request_brings_its_deadline_in_seconds(sending: Callable[..., Send], server: FaultServer) -> None:
    send = sending(deadline=5)
    for wrong in ("1", True, float("nan"), [1]):
        with pytest.raises(TypeError, match="number of seconds"):
            send("GET", server.url, extensions={"deadline": wrong})
    for over in (0, -1.0):
        with pytest.raises(httpx.TimeoutException):
            send("GET", server.url, extensions={"deadline": over})
    for enough in (5, float("inf"), None):
        assert send("GET", server.url, extensions={"deadline": enough}).json() == {"n": 1}
