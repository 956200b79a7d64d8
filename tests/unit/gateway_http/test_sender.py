"""One attempt at one receiver, whatever the network does."""

import asyncio
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from molam_gateway.delivery.excerpts import MAX_BYTES
from molam_gateway.delivery.sender import Reception, Sender
from tests.gateway_fixtures import Receiver


def post(url: str, *, sandbox: bool = True, timeout: float = 5.0) -> Reception:
    async def main() -> Reception:
        async with Sender(connect_timeout=1.0, total_timeout=timeout, sandbox=sandbox) as sender:
            return await sender.post(url, b"{}", {"Content-Type": "application/json"})

    return asyncio.run(main())


@contextmanager
def raw_server(answer: bytes, *, linger: float = 0.0) -> Generator[str]:
    """A server that sends these bytes to whoever connects, then closes after a while."""
    listener = socket.create_server(("127.0.0.1", 0))
    leaving = threading.Event()

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
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
