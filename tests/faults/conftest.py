"""Fixtures: a scripted server and a client of either kind that talks to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from molam_sdk import MolamAsyncClient, MolamClient, _shared
from tests.faults.driver import AsyncDriver, Connect, Driver, SyncDriver
from tests.faults.server import FaultServer

API_KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A server without a script: append one with `server.then(...)`."""
    with FaultServer() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh_breakers() -> None:
    """A server may get the port of one that failed before it, and breakers are kept by host and port."""
    _shared.reset()


@pytest.fixture
def connect(kind: str) -> Iterator[Connect]:
    """Opens a client on a server; it does not pause between retries unless told to."""
    with ExitStack() as opened:

        def open_client(server: FaultServer, **options: Any) -> Driver:
            chosen: dict[str, Any] = {
                "api_key": API_KEY,
                "api_base": server.url,
                "backoff_factor": 0,
                "deadline": 20,
                "require_attempt_id": True,
            }
            chosen |= options
            driver: Driver
            if kind == "sync":
                driver = SyncDriver(MolamClient(**chosen))
            else:
                driver = AsyncDriver(MolamAsyncClient(**chosen))
            opened.callback(driver.close)
            return driver

        yield open_client


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which of the two clients a test runs on."""
    return str(request.param)
