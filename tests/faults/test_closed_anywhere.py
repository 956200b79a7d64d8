"""A client that a handler of signals, or another thread, closes at any line of a call: what was answered stays it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar, cast

import pytest

import molam_sdk
from molam_sdk import ConfigurationError, MolamAsyncClient, MolamClient
from molam_sdk._network.async_home import Homes
from tests.faults.conftest import API_KEY
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer

T = TypeVar("T")

OPTIONS: dict[str, Any] = {"api_key": API_KEY, "max_connections": 1, "max_retries": 0, "deadline": 5}
OURS = str(Path(molam_sdk.__file__).parent / "_network")


class ClosedAt:
    """Closes a client at one of the lines of its wire, counted from 0."""

    def __init__(self, close: Callable[[], None], point: int) -> None:
        self._close = close
        self._left = point
        self.where: str | None = None

    def during(self, call: Callable[[], T]) -> T:
        """Make a call; in a thread of its own, as whatever is traced."""

        def traced() -> T:
            sys.settrace(self._enter)
            try:
                return call()
            finally:
                sys.settrace(None)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(traced).result(20)

    def _enter(self, frame: FrameType, event: str, _: object) -> Any:
        return self._step if frame.f_code.co_filename.startswith(OURS) else None

    def _step(self, frame: FrameType, event: str, _: object) -> Any:
        if event == "line" and self.where is None:
            if self._left == 0:
                self.where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
                self._close()
            self._left -= 1
        return self._step


@pytest.mark.parametrize("is_warm", [False, True], ids=["cold", "warm"])
def test_what_was_answered_stays_answered(server: FaultServer, is_warm: bool) -> None:
    """Closed as by a handler of signals."""
    server.otherwise = created()
    wrong: dict[str, str] = {}
    for point in count():
        with MolamClient(api_base=server.url, **OPTIONS) as client:

            def create(client: MolamClient = client) -> str:
                return client.payment_intents.create(amount=2500, currency="USD").id

            if is_warm:
                create()
            before = len(server.requests)
            closing = ClosedAt(client.close, point)
            try:
                assert closing.during(create) == INTENT_ID
            except ConfigurationError as error:
                if (error.outcome, len(server.requests) - before) != ("not_sent", 0):
                    wrong[str(closing.where)] = f"{error.message} ({error.outcome})"
        if closing.where is None:
            assert point > 100
            break
    assert wrong == {}
    server.wait_for_open_connections(0)


@pytest.mark.parametrize("is_warm", [False, True], ids=["cold", "warm"])
def test_what_was_answered_on_one_loop_stays_answered(server: FaultServer, is_warm: bool) -> None:
    """Closed as by the loop of another thread."""
    server.otherwise = created()
    wrong: dict[str, str] = {}
    for point in count():
        client = MolamAsyncClient(api_base=server.url, **OPTIONS)

        async def create(client: MolamAsyncClient = client) -> str:
            return (await client.payment_intents.create(amount=2500, currency="USD")).id

        def close(client: MolamAsyncClient = client) -> None:
            homes: Homes = cast(Any, client)._wire._homes
            homes.is_closed = True
            for loop, home in homes.own().items():
                home.refuse()
                home.close_idle(loop)

        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            if is_warm:
                runner.run(create())
            before = len(server.requests)
            closing = ClosedAt(close, point)
            try:
                assert closing.during(partial(loop.run_until_complete, create())) == INTENT_ID
            except ConfigurationError as error:
                if (error.outcome, len(server.requests) - before) != ("not_sent", 0):
                    wrong[str(closing.where)] = f"{error.message} ({error.outcome})"
        if closing.where is None:
            assert point > 100
            break
    assert wrong == {}
    server.wait_for_open_connections(0)
