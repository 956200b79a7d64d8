"""Fixtures: a scripted server and a client of either kind that talks to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
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
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Expect of httpx's transport that it fails where limits.py says so, and nowhere else."""
    if WIRE != "httpx":
        return
    reasons = {test: limit.what for limit in LIMITS for test in limit.tests}
    found = {item.name: item for item in items if item.path.is_relative_to(HERE)}
    for test in reasons.keys() & found.keys():
        found[test].add_marker(pytest.mark.xfail(strict=True, reason=reasons[test]))
    if is_whole(config) and not reasons.keys() <= found.keys():
        missing = sorted(reasons.keys() - found.keys())
        items[0].session.shouldfail = f"limits.py names tests that there are not: {missing}"


def is_whole(config: pytest.Config) -> bool:
    """Whether the run is of the whole fault suite, by what it was asked for."""
    return any(HERE.is_relative_to(config.invocation_params.dir / asked) for asked in config.args)


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
