"""Fixtures: a scripted server and a client of either kind that talks to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from molam_sdk import MolamAsyncClient, MolamClient
from molam_sdk._shared import process
from tests.faults.driver import AsyncDriver, Connect, Driver, SyncDriver
from tests.faults.limits import LIMITS
from tests.faults.server import FaultServer

WIRE = os.environ.get("MOLAM_TEST_WIRE")
"""The wire that `connect` opens clients with: the SDK's own, or `httpx`, of which limits.py tells what it cannot."""

API_KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let fail over httpx's transport what it cannot."""
    if WIRE != "httpx":
        return
    for item in items:
        test, _, parameters = item.name.partition("[")
        for limit in LIMITS:
            if limit.covers(test, parameters):
                item.add_marker(pytest.mark.xfail(strict=False, reason=limit.what))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A server without a script: append one with `server.then(...)`."""
    with FaultServer() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh_breakers() -> None:
    """A server may get the port of one that failed before it, and breakers are kept by host and port."""
    process.reset()


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
            if WIRE is not None:
                chosen["wire"] = WIRE
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
