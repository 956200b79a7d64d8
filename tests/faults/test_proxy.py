"""The fault proxy itself: each fault does to plain bytes what its name says, and nothing of it stays behind."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator

import psutil
import pytest

from tests.faults.actions import Answer, Respond
from tests.faults.certificates import make_authority, trusting
from tests.faults.connection import RecordedRequest
from tests.faults.cuts import (
    Chunked,
    CrossWired,
    Cut,
    CutAnswer,
    CutRequest,
    DelayedFin,
    EarlyCut,
    End,
    Endless,
    Handshake,
    Instead,
    Mute,
    Packed,
    Pass,
    PlainText,
    Swallow,
    Twice,
    WrongLength,
)
from tests.faults.proxy import FaultProxy
from tests.faults.server import FaultServer

REQUEST = b"POST /v1/things HTTP/1.1\r\nHost: x\r\nMolam-Attempt-Id: att_1\r\nContent-Length: 5\r\n\r\nhello"
RESET = "reset"


def answer(request: RecordedRequest) -> Answer:
    return Answer(201, b'{"id": "%s"}' % (request.attempt_id or "").encode())


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(otherwise=Respond(answer)) as running:
        yield running


@pytest.fixture
def whole(server: FaultServer) -> None:
    """Nothing is broken: the answer passes as it is."""
    with FaultProxy(server.url) as proxy:
        assert through(proxy, expect=len(HEAD) + len(BODY)) == proxy.passed[0].whole == HEAD + BODY


BODY = b'{"id": "att_1"}'
HEAD = (
    b"HTTP/1.1 201 Scripted\r\nContent-Type: application/json\r\nContent-Length: 15\r\nRequest-Id: req_1\r\n"
    b"Molam-Attempt-Id: att_1\r\n\r\n"
)


def through(proxy: FaultProxy, data: bytes = REQUEST, expect: int | None = None) -> bytes | str:
    """What a plain client receives: until the end, or until it has as many bytes as it expects."""
    received = b""
    try:
        with socket.create_connection(("127.0.0.1", proxy.port), 5) as sock:
            sock.sendall(data)
            while expect is None or len(received) < expect:
                found = sock.recv(65536)
                if not found:
                    break
                received += found
    except (ConnectionResetError, BrokenPipeError):
        return RESET
    return received


@pytest.mark.usefixtures("whole")
def test_what_passes_is_not_changed(server: FaultServer) -> None:
    assert server.requests[0].body == b"hello"
    with FaultProxy(server.url, Pass(upload=0.0005, download=0.0005), Pass(download=0.0005, part="body")) as proxy:
        size = len(HEAD) + len(BODY)
        begun = time.monotonic()
        assert [through(proxy, expect=size) for _ in range(2)] == [p.whole for p in proxy.passed]
        assert time.monotonic() - begun >= 0.0005 * (len(REQUEST) + size + len(BODY))


@pytest.mark.parametrize(
    ("cut", "size", "asked"),
    [
        (End(reset=True), RESET, 0),
        (End(reset=True, at_once=True), RESET, 0),
        (End(reset=False), 0, 0),
        (CutRequest("headers", reset=True), RESET, 0),
        (CutRequest("headers", reset=False), 0, 0),
        (CutRequest("body", reset=True), RESET, 0),
        (CutRequest("body", reset=False), 0, 0),
        (CutAnswer(), 0, 1),
        (CutAnswer("status"), 11, 1),
        (CutAnswer("headers"), len(HEAD) // 2, 1),
        (CutAnswer("body"), len(HEAD) + len(BODY) // 2, 1),
        (CutAnswer("last"), len(HEAD) + len(BODY) - 1, 1),
        (CutAnswer("end"), len(HEAD) + len(BODY), 1),
    ],
    ids=repr,
)
def test_a_cut_is_where_its_name_says(server: FaultServer, cut: Cut | EarlyCut, size: int | str, asked: int) -> None:
    """And until it, every byte is the real server's; before it the request was carried out, or it was not."""
    with FaultProxy(server.url, cut) as proxy:
        received = through(proxy)
        assert received == (RESET if size == RESET else (HEAD + BODY)[: int(size)])
    assert len(server.requests) == asked


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_reset_in_mid_answer_is_no_end(server: FaultServer, part: str) -> None:
    with FaultProxy(server.url, CutAnswer("headers" if part == "headers" else "body", reset=True)) as proxy:
        assert through(proxy) == RESET
    assert len(server.requests) == 1


def test_answers_that_are_doubled_or_somebody_elses(server: FaultServer) -> None:
    other = HEAD.replace(b"att_1", b"att_0") + BODY
    with FaultProxy(server.url, Twice(), CrossWired(other), Instead(b"SMTP {attempt}\r\n", echo=True)) as proxy:
        assert through(proxy, expect=2 * len(HEAD + BODY)) == proxy.passed[0].whole * 2
        assert through(proxy, expect=len(other)) == other
        assert through(proxy) == b"SMTP att_1\r\n"
    assert len(server.requests) == 3


@pytest.mark.parametrize("cut", [WrongLength(-4, "fin"), WrongLength(4, "fin")], ids=repr)
def test_a_wrong_length_is_announced(server: FaultServer, cut: WrongLength) -> None:
    with FaultProxy(server.url, cut) as proxy:
        received = through(proxy)
    assert isinstance(received, bytes)
    assert b"Content-Length: %d\r\n" % (len(BODY) + cut.by) in received
    assert received.endswith(BODY)


@pytest.mark.parametrize("fault", ["none", "size", "cut", "no end"])
def test_chunks_are_as_wrong_as_they_should_be(server: FaultServer, fault: str) -> None:
    cut = Chunked(fault)  # type: ignore[arg-type]
    with FaultProxy(server.url, cut) as proxy:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
        connection.request("POST", "/", b"hello", {"Molam-Attempt-Id": "att_1"})
        response = connection.getresponse()
        if fault == "none":
            assert response.read() == BODY
        else:
            with pytest.raises((http.client.IncompleteRead, ValueError)):
                response.read()
        connection.close()


def test_a_bomb_is_small_until_unpacked(server: FaultServer) -> None:
    with FaultProxy(server.url, Packed(size=1_000_000), Packed(broken=True)) as proxy:
        packed: list[bytes] = []
        for _ in range(2):
            connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
            connection.request("GET", "/")
            packed.append(connection.getresponse().read())
            connection.close()
    assert len(packed[0]) < 5_000
    assert len(gzip.decompress(packed[0])) > 1_000_000
    with pytest.raises((zlib.error, OSError, EOFError)):
        gzip.decompress(packed[1])


@pytest.mark.parametrize(("what", "piece"), [("headers", b"X-Padding: "), ("interim", b"HTTP/1.1 103 ")])
def test_the_endless_ends_with_the_client(server: FaultServer, what: str, piece: bytes) -> None:
    with FaultProxy(server.url, Endless("headers" if what == "headers" else "interim")) as proxy:
        received = through(proxy, expect=100_000)
        assert isinstance(received, bytes)
        assert received.count(piece) > 1000


def test_silence_ends_with_the_client_or_the_proxy(server: FaultServer) -> None:
    with FaultProxy(server.url, Mute(), Swallow(), Swallow(forwarded=False), DelayedFin()) as proxy:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", proxy.port), 0.05) as sock:
                sock.sendall(REQUEST)
                with pytest.raises(TimeoutError):
                    sock.recv(1)
        waiting = socket.create_connection(("127.0.0.1", proxy.port), 5)
        waiting.sendall(REQUEST)
        assert waiting.recv(1) == b"H"
        begun = time.monotonic()
    with waiting:
        while waiting.recv(65536):
            pass
    assert time.monotonic() - begun < 2
    assert len(server.requests) == 2


def test_nobody_listens_until_somebody_does(server: FaultServer) -> None:
    with FaultProxy(server.url, listening=False) as proxy:
        with pytest.raises(ConnectionRefusedError):
            through(proxy)
        proxy.listen()
        assert through(proxy, expect=len(HEAD + BODY)) == HEAD + BODY


def test_exchanges_of_one_connection_take_the_script_in_turn(server: FaultServer) -> None:
    with (
        FaultProxy(server.url, Pass(), End(), Twice(), CutAnswer("status")) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), 5) as sock,
    ):
        for _ in range(2):  # the early fault waits for another connection
            sock.sendall(REQUEST)
            assert sock.recv(65536).startswith(b"HTTP/1.1 201")
        assert through(proxy) == RESET
        assert proxy.accepted == 2


@pytest.mark.parametrize(
    ("cut", "failure"),
    [
        (Handshake(keep=100), ssl.SSLEOFError),
        (Handshake(keep=100, reset=True), ConnectionResetError),
        (PlainText(), ssl.SSLError),
        (Mute(), TimeoutError),
        (Handshake(keep=1000, interval=0.01), TimeoutError),
    ],
    ids=repr,
)
def test_handshakes_that_fail(server: FaultServer, cut: EarlyCut, failure: type[Exception]) -> None:
    authority = make_authority()
    context = trusting(authority.pem)
    with FaultProxy(server.url, cut, tls=authority.server) as proxy:
        assert proxy.url.startswith("https://localhost:")
        with socket.create_connection(("127.0.0.1", proxy.port), 0.2) as sock, pytest.raises(failure):
            context.wrap_socket(sock, server_hostname="localhost")
        with socket.create_connection(("127.0.0.1", proxy.port), 5) as sock:
            sealed = context.wrap_socket(sock, server_hostname="localhost")
            sealed.sendall(REQUEST)
            received = b""
            while len(received) < len(HEAD + BODY):
                received += sealed.recv(65536)
            assert received.endswith(BODY)
            sealed.close()


def test_nothing_stays_behind(server: FaultServer) -> None:
    descriptors = psutil.Process().num_fds()
    threads = threading.active_count()
    cuts: list[Cut | EarlyCut] = [End(), Pass(), Swallow(), CutAnswer("body"), Endless("headers"), Mute()]
    with FaultProxy(server.url, *cuts) as proxy:
        for _ in cuts:
            sock = socket.create_connection(("127.0.0.1", proxy.port), 5)
            sock.sendall(REQUEST)
            sock.close()
    proxy.stop()
    server.wait_for_open_connections(0)
    assert threading.active_count() == threads
    assert psutil.Process().num_fds() == descriptors
