"""A gateway that `molam sandbox` runs, and ways to run other commands: to their end, or beside the test."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.processes import Molam, Running
from tests.gateway_fixtures import Api


@dataclass(frozen=True)
class Started:
    """What `molam sandbox` told, and the environment that it runs in."""

    url: str
    api_key: str
    webhook_secret: str
    molam: Molam
    home: Path


def bare_in(home: Path) -> Molam:
    """The command where nothing is set, with a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOLAM_")}
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        kept.pop(name, None)
        kept.pop(name.lower(), None)
    homes = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "APPDATA"), str(home))
    return Molam(kept | homes | {"PYTHONPATH": os.pathsep.join(sys.path)})


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """What runs in the background of a shell ignores Ctrl+C, and so would every process that the tests start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """One for all tests, which Ctrl+C ends."""
    home = tmp_path_factory.mktemp("home")
    molam = bare_in(home)
    running = Running(molam, ("sandbox", "--port", "0", "--json"))
    try:
        told = running.json()
        assert {"object", "url", "api_key", "webhook_secret", "admin_url", "database", "version"} <= set(told)
        (file,) = home.rglob("sandbox.json")
        yield Started(told["url"], told["api_key"], told["webhook_secret"], molam, home)
        running.interrupt()
        assert not file.exists()
    finally:
        running.kill()


@pytest.fixture(scope="session")
def api(sandbox: Started) -> Iterator[Api]:
    connected = Api(sandbox.url, sandbox.api_key)
    yield connected
    connected.close()


@pytest.fixture
def bare(tmp_path: Path) -> Molam:
    """The command where nothing is set and no sandbox was ever started."""
    return bare_in(tmp_path)


@pytest.fixture
def molam(bare: Molam, sandbox: Started) -> Molam:
    """The command of somebody who has set the two variables."""
    return bare.having(MOLAM_API_KEY=sandbox.api_key, MOLAM_API_BASE=sandbox.url)


@pytest.fixture
def beside(molam: Molam) -> Iterator[Callable[..., Running]]:
    """Starts commands that go on; those that still run at the end are killed."""
    started: list[Running] = []

    def start(*arguments: str, command: Molam = molam) -> Running:
        started.append(Running(command, arguments))
        return started[-1]

    yield start
    for each in started:
        each.kill()
