"""A client that a handler of signals closes at any line of a call: what was answered stays answered."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import molam_sdk
from molam_sdk import ConfigurationError, MolamClient
from tests.faults.conftest import API_KEY
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer

OURS = str(Path(molam_sdk.__file__).parent / "_network")


class ClosedAt:
    """Closes a client at one of the lines of its wire, counted from 0, in whose place a handler of signals runs."""

    def __init__(self, client: MolamClient, point: int) -> None:
        self._client = client
        self._left = point
        self.where: str | None = None

    def call(self) -> str:
        """Make a call; in a thread of its own, as whatever is traced."""

        def traced() -> str:
            sys.settrace(self._enter)
            try:
                return str(self._client.payment_intents.create(amount=2500, currency="USD").id)
            finally:
                sys.settrace(None)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(traced).result(20)

    def _enter(self, frame: FrameType, event: str, _: object) -> Any:
        return self._step if frame.f_code.co_filename.startswith(OURS) else None

    def _step(self, frame: FrameType, event: str, _: object) -> Any:
        if event == "line" and self.where is None:
            if self._left == 0:
                sys.settrace(None)
                self.where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
                self._client.close()
            self._left -= 1
        return self._step


@pytest.mark.parametrize("is_warm", [False, True], ids=["cold", "warm"])
def test_what_was_answered_stays_answered(server: FaultServer, is_warm: bool) -> None:
    server.otherwise = created()
    wrong: dict[str, str] = {}
    point = 0
    while True:
        with MolamClient(api_key=API_KEY, api_base=server.url, max_connections=1, max_retries=0, deadline=5) as client:
            if is_warm:
                client.payment_intents.create(amount=1, currency="USD")
            before = len(server.requests)
            closing = ClosedAt(client, point)
            try:
                assert closing.call() == INTENT_ID
            except ConfigurationError as error:
                if (error.outcome, len(server.requests) - before) != ("not_sent", 0):
                    wrong[str(closing.where)] = f"{error.message} ({error.outcome})"
        if closing.where is None:
            break
        point += 1
    assert wrong == {}
    assert point > 100
    server.wait_for_open_connections(0)
