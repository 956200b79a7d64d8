"""Thousands of calls, good and bad, leave nothing behind: no object, no descriptor, no growing memory.

`tox -e leaks` makes 20,000 of each.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import threading
import tracemalloc
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import BinaryIO

import psutil
import pytest

from molam_sdk import MolamAsyncClient, MolamClient, errors
from tests.faults.conftest import API_KEY
from tests.faults.payloads import payment_intent

CALLS = int(os.environ.get("MOLAM_TEST_CALLS", "600"))
CREATED = b"201 Created", b"application/json", json.dumps(payment_intent()).encode()
DECLINED = b"402 Declined", b"application/problem+json", b'{"error_type": "payment_error", "code": "card_declined"}'
HEAD = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nMolam-Attempt-Id: %b\r\nRequest-Id: req_1\r\n\r\n"
ANSWER = HEAD + b"%b"


class PlainServer:
    """Answers from a script that repeats itself, and remembers nothing of it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._turn = 0
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as received:
            while head := self._head(received):
                received.read(int(head.get(b"content-length", b"0")))
                self._turn += 1
                if self._turn % 50 == 0:
                    return  # the answer is lost
                status, kind, body = DECLINED if self._turn % 10 == 0 else CREATED
                answer = (status, kind, len(body), head[b"molam-attempt-id"], body)
                connection.sendall(ANSWER % answer)

    def _head(self, received: BinaryIO) -> dict[bytes, bytes]:
        lines: dict[bytes, bytes] = {}
        while (line := received.readline().strip()) or not lines:
            name, _, value = line.partition(b": ")
            lines[name.lower()] = value
            if not name:
                return {}
        return lines


@contextmanager
def serving() -> Generator[PlainServer]:
    server = PlainServer()
    try:
        yield server
    finally:
        server.stop()


def descriptors() -> int:
    return psutil.Process().num_fds()


def assert_nothing_stays(call: Callable[[], object]) -> None:
    """The second half of the calls ends with as much as the first, but for what the allocator keeps by chance."""

    def state() -> tuple[int, int]:
        gc.collect()
        return len(gc.get_objects()), tracemalloc.get_traced_memory()[0]

    for _ in range(200):
        call()
    tracemalloc.start()
    try:
        for _ in range(CALLS // 2):
            call()
        objects, memory = state()
        for _ in range(CALLS // 2):
            call()
        more_objects, more_memory = state()
    finally:
        tracemalloc.stop()
    assert more_objects - objects < 100
    assert more_memory - memory < 30_000


def ended(work: Callable[[], object]) -> str:
    try:
        work()
    except errors.MolamError as error:
        return type(error).__name__
    return "made"


@pytest.mark.timeout(0)
def test_synchronous_calls_leave_nothing() -> None:
    with serving() as server:
        before = descriptors()
        outcomes: Counter[str] = Counter()
        with MolamClient(api_key=API_KEY, api_base=server.url, backoff_factor=0, retry_budget=100_000) as client:

            def call() -> None:
                outcomes[ended(lambda: client.payment_intents.create(amount=1, currency="USD"))] += 1

            assert_nothing_stays(call)
        wait_for(lambda: descriptors() == before)
        assert outcomes.keys() == {"made", "DeclinedError"}


@pytest.mark.timeout(0)
def test_asynchronous_calls_leave_nothing() -> None:
    with serving() as server, asyncio.Runner() as runner:
        runner.run(asyncio.sleep(0))
        before = descriptors()
        outcomes: Counter[str] = Counter()
        client = MolamAsyncClient(api_key=API_KEY, api_base=server.url, backoff_factor=0, retry_budget=100_000)

        def call() -> None:
            outcomes[ended(lambda: runner.run(client.payment_intents.create(amount=1, currency="USD")))] += 1

        assert_nothing_stays(call)
        runner.run(client.aclose())
        wait_for(lambda: descriptors() == before)
        assert outcomes.keys() == {"made", "DeclinedError"}


def test_clients_that_come_and_go_leave_no_descriptor() -> None:
    def lives() -> Iterable[Callable[[], None]]:
        def closed() -> None:
            with MolamClient(api_key=API_KEY, api_base=server.url) as client:
                ended(lambda: client.payment_intents.create(amount=1, currency="USD"))

        def forgotten() -> None:
            client = MolamClient(api_key=API_KEY, api_base=server.url)
            ended(lambda: client.payment_intents.create(amount=1, currency="USD"))

        def left_to_the_loop() -> None:
            client = MolamAsyncClient(api_key=API_KEY, api_base=server.url)
            ended(lambda: asyncio.run(create(client)))

        async def create(client: MolamAsyncClient) -> None:
            await client.payment_intents.create(amount=1, currency="USD")

        return closed, forgotten, left_to_the_loop

    with serving() as server:
        before = descriptors()
        for _ in range(30):
            for live in lives():
                live()
        gc.collect()
        wait_for(lambda: descriptors() == before)


def wait_for(condition: Callable[[], bool]) -> None:
    """The server's half of a connection closes a moment later."""
    moment = threading.Event()
    for _ in range(500):
        if condition():
            return
        moment.wait(0.01)
    assert condition()
