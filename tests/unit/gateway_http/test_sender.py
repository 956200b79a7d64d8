"""One attempt at one receiver, whatever the network does."""

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from molam_gateway.delivery.excerpts import MAX_BYTES
from molam_gateway.delivery.sender import Reception, Sender
from tests.gateway_fixtures import Receiver, silent


def post(url: str, *, sandbox: bool = True, timeout: float = 5.0, body: bytes = b"{}") -> Reception:
    async def main() -> Reception:
        async with Sender(connect_timeout=1.0, total_timeout=timeout, sandbox=sandbox) as sender:
            return await sender.post(url, body, {"Content-Type": "application/json"})

    return asyncio.run(main())


@contextmanager
def raw_server(answer: bytes, *, linger: float = 0.0, reset: bool = False) -> Generator[str]:
    """A server that sends these bytes to whoever connects, then closes after a while, or resets."""
    listener = socket.create_server(("127.0.0.1", 0))
    leaving = threading.Event()

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
            if reset:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            with contextlib.suppress(OSError):  # whoever connected need not take it all
                peer.sendall(answer)
            leaving.wait(linger)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        leaving.set()
        thread.join()
        listener.close()


@contextmanager
def dripping(beginning: bytes, part: bytes) -> Generator[str]:
    """A server that goes on sending a part every few milliseconds."""
    listener = socket.create_server(("127.0.0.1", 0))
    leaving = threading.Event()

    def serve() -> None:
        peer, _ = listener.accept()
        with peer, contextlib.suppress(OSError):
            peer.recv(65536)
            peer.sendall(beginning)
            while not leaving.wait(0.02):
                peer.sendall(part)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        leaving.set()
        thread.join()
        listener.close()


@pytest.mark.parametrize(("status", "accepted"), [(200, True), (204, True), (302, False), (410, False), (503, False)])
def test_any_2xx_is_acceptance(status: int, accepted: bool) -> None:
    with Receiver(status) as receiver:
        reception = post(receiver.url)
    assert (reception.status, reception.accepted, reception.error) == (status, accepted, None)


def test_no_answer_is_a_timeout() -> None:
    began = time.monotonic()
    with raw_server(b"HTTP/1.1 200", linger=5) as url:
        reception = post(url, timeout=0.3)
    assert (reception.status, reception.error, reception.accepted) == (None, "timed out", False)
    assert reception.duration_ms >= 250
    assert time.monotonic() - began < 4


def test_a_2xx_counts_however_slowly_its_body_drips() -> None:
    began = time.monotonic()
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx", linger=5) as url:
        assert post(url).accepted
    assert time.monotonic() - began < 3


def test_only_the_beginning_of_a_refusal_is_read() -> None:
    with raw_server(b"HTTP/1.1 500 No\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 5000, linger=1) as url:
        reception = post(url)
    assert reception.status == 500
    assert 0 < len(reception.excerpt) <= MAX_BYTES


def test_a_refusal_without_its_body_is_a_refusal() -> None:
    with raw_server(b"HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\n") as url:
        reception = post(url)
    assert (reception.status, reception.excerpt, reception.error) == (500, "", None)


@pytest.mark.parametrize("answer", [b"", b"this is not HTTP\r\n\r\n"])
def test_what_is_no_answer_is_an_error(answer: bytes) -> None:
    with raw_server(answer) as url:
        reception = post(url)
    assert reception.status is None
    assert reception.error


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
def test_redirects_end_there(status: str) -> None:
    with Receiver() as elsewhere:
        answer = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n"
        with raw_server(answer.encode()) as url:
            reception = post(url)
        assert (reception.status, reception.accepted) == (int(status), False)
        assert elsewhere.deliveries == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 102 Processing\r\n\r\n" * 50 + b"HTTP/1.1 204 No Content\r\n\r\n", 204),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 500),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", 101),
        (b"HTTP/1.1 500 No\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nnope", 500),
        (b"HTTP/1.0 500 No\r\n\r\n" + b"y" * 3_000_000, 500),
    ],
)
def test_odd_answers_are_what_they_say(answer: bytes, status: int) -> None:
    with raw_server(answer) as url:
        reception = post(url)
    assert (reception.status, reception.accepted) == (status, status == 204)
    assert len(reception.excerpt) <= MAX_BYTES


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 9999 OK\r\n\r\n",
    ],
    ids=["a huge header", "two lengths", "no version", "no status"],
)
def test_what_breaks_the_rules_is_an_error(answer: bytes) -> None:
    with raw_server(answer) as url:
        reception = post(url)
    assert reception.status is None
    assert len(str(reception.error)) <= 255


@pytest.mark.parametrize(
    ("beginning", "part"),
    [(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), (b"HTTP/1.1 200 OK\r\nX: ", b"x")],
    ids=["informational answers without end", "a header without end"],
)
def test_whatever_drips_is_ended_by_the_time_limit(beginning: bytes, part: bytes) -> None:
    with dripping(beginning, part) as url:
        reception = post(url, timeout=0.5)
    assert (reception.status, reception.error) == (None, "timed out")
    assert 400 <= reception.duration_ms < 3000


def test_a_refusal_that_drips_is_a_refusal() -> None:
    with dripping(b"HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n", b"x") as url:
        reception = post(url, timeout=0.5)
    assert (reception.status, reception.error) == (500, None)
    assert reception.duration_ms < 3000


def test_nothing_is_repeated_of_what_is_not_http() -> None:
    answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\nboom 4242424242424242 sk_live_secret"
    for malformed in (answer, answer.replace(b"204", b"2x4"), b"4242424242424242 sk_live_secret\r\n\r\n"):
        with raw_server(malformed) as url:
            reception = post(url)
        kept = f"{reception.error} {reception.excerpt}"
        assert "4242" not in kept
        assert "sk_live" not in kept


def test_a_reset_is_an_error() -> None:
    with raw_server(b"", reset=True) as url:
        reception = post(url)
    assert reception.status is None
    assert reception.error


def test_a_receiver_that_reads_nothing_is_ended_by_the_time_limit() -> None:
    with silent() as url:
        reception = post(url, timeout=0.5, body=b"x" * 1_000_000)
    assert (reception.status, reception.error) == (None, "timed out")


def test_urls_are_judged_again_at_each_attempt() -> None:
    with Receiver() as receiver:
        refused = post(receiver.url, sandbox=False)
        assert receiver.deliveries == []
    assert refused.error == "The URL must begin with https://."


def test_the_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with Receiver() as receiver:
        assert post(receiver.url).accepted


def test_it_must_be_open() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        asyncio.run(Sender(connect_timeout=1, total_timeout=1, sandbox=True).post("https://x.example/", b"", {}))
