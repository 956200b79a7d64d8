"""The SDK's connections under plain httpx clients."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from molam_sdk.errors import ConfigurationError
from molam_sdk.transports import AsyncHTTPTransport, HTTPTransport
from tests.faults.actions import Action, Answer, CloseUnanswered, Drip, Duplicate, Hold, Raw, Truncate
from tests.faults.certificates import make_authority, trusting
from tests.faults.server import FaultServer
from tests.faults.timing import SLACK, lateness
from tests.unit.sdk.proxy import Proxy

PLAIN = Answer(200, b'{"n": 1}', echo=False)
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
