"""Interrupted anywhere: at every await of an asynchronous call, at every line of a synchronous one.

Whatever the moment, the exception passes unchanged, the pool keeps its only slot, and the next call is answered.
"""

from __future__ import annotations

import asyncio
import gc
import linecache
import os
import socket
import sys
import time
from collections.abc import Awaitable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any, Self, TypeVar

import pytest

import molam_sdk
from molam_sdk import MolamAsyncClient, MolamClient
from molam_sdk._shared import process
from molam_sdk._shared.preference import STAY
from tests.faults.actions import Answer
from tests.faults.conftest import API_KEY
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer

T = TypeVar("T")

EVERY_OPCODE = bool(os.environ.get("MOLAM_TEST_EVERY_OPCODE"))
OURS = str(Path(molam_sdk.__file__).parent)
OPTIONS: dict[str, Any] = {"api_key": API_KEY, "max_connections": 1, "backoff_factor": 0, "deadline": 5}


class CancelledAt(Awaitable[T]):
    """Awaits a coroutine and cancels the task at one of its awaits, counted from 0.

    `late`: what the await waits for has come just before the cancellation, unless it was an error.
    """

    def __init__(self, work: Coroutine[Any, Any, T], step: int, *, late: bool) -> None:
        self._work = work
        self._step = step
        self._late = late
        self.came = False

    def __await__(self) -> Generator[Any, Any, T]:
        step = 0
        thrown: BaseException | None = None
        while True:
            try:
                waiting_for = self._work.send(None) if thrown is None else self._work.throw(thrown)
            except StopIteration as stop:
                result: T = stop.value
                return result
            due = step == self._step
            step += 1
            if due and not self._late:
                self._cancel()
            try:
                yield waiting_for
            except BaseException as error:  # noqa: BLE001 - handed on as it is
                thrown = error
                self.came = self.came or due
            else:
                self.came = self.came or (due and self._late)
                thrown = asyncio.CancelledError() if due and self._late else None

    def _cancel(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.came = task.cancel()


async def create(client: MolamAsyncClient) -> str:
    return (await client.payment_intents.create(amount=2500, currency="USD")).id


@pytest.mark.parametrize("late", [False, True], ids=["while waiting", "just after"])
@pytest.mark.parametrize("way", ["cold", "warm", "retried", "fled"])
def test_cancelled_at_every_await(server: FaultServer, way: str, late: bool) -> None:
    async def scenario() -> int:
        server.otherwise = created()
        step = 0
        options = options_of(way, server)
        while True:
            process.reset()
            async with MolamAsyncClient(**options) as client:
                if way == "warm":
                    await create(client)
                if way == "retried":
                    server.then(Answer(503))
                attempt = CancelledAt(create(client), step, late=late)
                try:
                    await attempt
                except asyncio.CancelledError:
                    task = asyncio.current_task()
                    assert task is not None
                    task.uncancel()
                assert await create(client) == INTENT_ID
            if not attempt.came:
                return step
            step += 1

    steps = asyncio.run(scenario())
    assert steps >= {"cold": 2, "warm": 1, "retried": 3, "fled": 3}[way]
    server.wait_for_open_connections(0)


class Clock:
    """The monotonic clock, that many seconds on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


class InterruptAt:
    """Raises KeyboardInterrupt at one of the lines (or opcodes) of the SDK that run, counted from 0.

    `since`: the function of the SDK from whose first line on they are counted.
    """

    def __init__(self, point: int, since: str | None = None) -> None:
        self.left = point
        self._since = since
        self.where: str | None = None
        self._before = sys.gettrace()

    def __enter__(self) -> Self:
        gc.disable()  # or what it runs, such as the end of a client that another test forgot, is interrupted instead
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)
        gc.enable()

    def _enter(self, frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        frame.f_trace_opcodes = EVERY_OPCODE
        return self._step

    def _step(self, frame: FrameType, event: str, _: object) -> Any:
        if self._since == frame.f_code.co_name:
            self._since = None
        if self._since is None and event == ("opcode" if EVERY_OPCODE else "line"):
            if self.left <= 0 and not _takes_a_lock(frame):
                self.where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
                raise KeyboardInterrupt
            self.left -= 1
        return self._step


def _takes_a_lock(frame: FrameType) -> bool:
    """Whether it is a line that takes a lock: a trace can interrupt it between its end and the release, no signal can.

    CPython looks for signals after calls and jumps, and there is none between the body and the release.
    """
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
    return line.startswith("with ") and line.endswith("lock:")


def apart(interrupt: InterruptAt, client: MolamClient, **options: Any) -> None:
    """Make a call that is interrupted, in a thread of its own.

    A trace can interrupt the instructions that end an `except` clause, and then its exception counts as being handled
    in that thread for good; no signal can.
    """

    def call() -> None:
        with interrupt:
            client.payment_intents.create(amount=2500, currency="USD", **options)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(call).result()


def options_of(way: str, server: FaultServer) -> dict[str, Any]:
    """A client whose calls go to the server at once, or after a home region that refuses connections."""
    if way != "fled":
        return {"api_base": server.url, **OPTIONS}
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{reserved.getsockname()[1]}"
    where = {"home": nobody, "away": server.url}
    return {**OPTIONS, "regions": where, "region": "home", "fallback_regions": ("away",), "write_failover": True}


@pytest.mark.timeout(0 if EVERY_OPCODE else 60)
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # interrupted before anybody had the socket
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("way", ["cold", "warm", "retried", "fled"])
def test_interrupted_at_every_line(server: FaultServer, way: str) -> None:
    """Of a first attempt, and from the decision on to make a second one, in the same region or in another."""
    server.otherwise = created()
    broken: dict[str, str] = {}
    point = 0
    options = options_of(way, server)
    client = MolamClient(**options)
    while True:
        if way == "cold":
            client.close()
            client = MolamClient(**options)
        process.reset()
        server.then(*[Answer(503)] * (way == "retried"))
        interrupt = InterruptAt(point, "_retry" if way in ("retried", "fled") else None)
        with suppress(KeyboardInterrupt):
            apart(interrupt, client, idempotency_key=f"order-{point}")
        if interrupt.where is None:
            break
        try:
            client.with_options(deadline=1).payment_intents.create(amount=2500, currency="USD")
        except molam_sdk.MolamError as error:
            broken[interrupt.where] = str(error)
            client.close()
            client = MolamClient(**options)
        point += 1
    client.close()
    assert broken == {}
    assert point > 100
    server.wait_for_open_connections(0)


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # interrupted before anybody had the socket
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
def test_a_process_that_was_interrupted_anywhere_goes_home_again(server: FaultServer) -> None:
    """Home is back, and the call that was to find out was interrupted at each of its lines in turn."""
    server.otherwise = created()
    with FaultServer(otherwise=created()) as away:
        regions = {"home": server.url, "away": away.url}
        options: dict[str, Any] = {**OPTIONS, "regions": regions, "region": "home", "fallback_regions": ("away",)}
        with MolamClient(write_failover=True, **options) as client:
            preference = process.preference((server.url, away.url))
            clock = Clock()
            client._now = clock  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
            for point in count():
                preference.worked(1, clock(), fled=True, trying=False)
                assert preference.region == 1
                clock.ahead += STAY
                interrupt = InterruptAt(point, "begin")
                with suppress(KeyboardInterrupt):
                    apart(interrupt, client)
                clock.ahead += STAY
                client.payment_intents.create(amount=2500, currency="USD")
                assert preference.region == 0, interrupt.where
                clock.ahead += STAY
                if interrupt.where is None:
                    break
