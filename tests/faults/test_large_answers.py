"""What an answer may cost is bounded by its limit, however it is framed: memory, processor, and time."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass

import pytest

from molam_sdk import errors
from tests.faults.actions import Answer
from tests.faults.connection import Connection
from tests.faults.driver import Connect
from tests.faults.server import FaultServer
from tests.faults.timing import SLACK, lateness

LIMIT = 1 << 20
CHUNKED = b"Transfer-Encoding: chunked\r\n"
TINY = b"1\r\nx\r\n" * 10_000
NAMED = b"1;%b\r\nx\r\n" % (b"a" * 60_000)
SMALL = b"28\r\n%b\r\n" % (b"x" * 40) * 1000
WHOLE = b" " * 65_536


@dataclass(frozen=True)
class Endless:
    """The head of an answer, and then the same bytes until nobody takes them any more."""

    framing: bytes
    piece: bytes

    def play(self, connection: Connection) -> None:
        head, _ = Answer(201, headers={"Content-Length": ""}).render(connection.read_request())
        connection.send(head[:-2] + self.framing + b"\r\n")
        while True:
            connection.send(self.piece)


ENDLESS = {
    "chunks of a byte": Endless(CHUNKED, TINY),
    "chunks with long extensions": Endless(CHUNKED, NAMED),
    "small chunks": Endless(CHUNKED, SMALL),
    "until the connection ends": Endless(b"", WHOLE),
    "a length": Endless(b"Content-Length: 99999999999\r\n", WHOLE),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_takes_no_more_memory_than_it_may(connect: Connect, server: FaultServer, name: str) -> None:
    driver = connect(server, max_response_bytes=LIMIT)
    server.then(Answer(400))
    with pytest.raises(errors.ValidationError):
        driver.create()
    server.then(ENDLESS[name])
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        with pytest.raises(errors.UnexpectedResponseError) as caught:
            driver.create(idempotency_key="order-1")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most - before < 2 * LIMIT + (1 << 20)
    assert (caught.value.outcome, caught.value.attempts) == ("unknown", 1)
    assert len(caught.value.raw) <= LIMIT


@pytest.mark.parametrize("name", ["small chunks", "until the connection ends"])
def test_an_answer_that_never_stops_ends_with_the_deadline(connect: Connect, server: FaultServer, name: str) -> None:
    server.otherwise = ENDLESS[name]
    driver = connect(server, max_response_bytes=1 << 40, deadline=0.1, max_retries=0)

    def call() -> None:
        with pytest.raises(errors.TimeoutError):
            driver.create(idempotency_key="order-1")

    assert lateness(call, 0.1) <= SLACK


def test_an_answer_in_chunks_of_a_byte_is_read_if_it_is_small(connect: Connect, server: FaultServer) -> None:
    @dataclass(frozen=True)
    class Bytewise:
        def play(self, connection: Connection) -> None:
            head, _ = Answer(400, headers={"Content-Length": ""}).render(connection.read_request())
            body = b'{"title": "%b"}' % (b"x" * 10_000)
            connection.send(head[:-2] + CHUNKED + b"\r\n" + b"".join(b"1\r\n%c\r\n" % byte for byte in body))
            connection.send(b"0\r\n\r\n")

    server.then(Bytewise())
    with pytest.raises(errors.ValidationError) as caught:
        connect(server).create()
    assert caught.value.payload == {"title": "x" * 10_000}
