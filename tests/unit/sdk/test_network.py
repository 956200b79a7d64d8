"""Connecting takes no longer than the call may, and says how far it came."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from molam_sdk import errors
from tests.faults.certificates import make_authority
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer
from tests.faults.timing import SLACK, lateness
from tests.unit.sdk.scripted import driving

HOST = "api.example.test"
Resolve = Callable[[Callable[[], list[str]]], None]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolve]:
    """Make the system's resolver answer for HOST.

    A look-up that outlived its test would answer the next one, which asks for the same host.
    """
    real = socket.getaddrinfo

    def install(answer: Callable[[], list[str]]) -> None:
        def look_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
            if host != HOST:
                return real(host, port, *args, **options)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer()]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    yield install
    for thread in threading.enumerate():
        if thread.name == "molam-resolve":
            thread.join(10)
            assert not thread.is_alive(), "a look-up goes on after its test"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a listener on every local address whose queue is full: it never answers a connect."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("0.0.0.0", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        time.sleep(0.2)
        yield port


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


needs_many_addresses = pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is this machine on Linux only")


@needs_many_addresses
@pytest.mark.parametrize("options", [{"deadline": 0.5}, {"timeout": (0.5, 5)}], ids=["deadline", "timeout"])
def test_all_addresses_share_one_connect(kind: str, resolve: Resolve, silent: int, options: dict[str, Any]) -> None:
    resolve(lambda: ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"])
    with driving(kind, api_base=f"https://{HOST}:{silent}", max_retries=0, **options) as driver:
        seen: list[errors.TimeoutError] = []
        assert -0.01 <= lateness(lambda: seen.append(driver.fail(errors.TimeoutError)), 0.5) <= SLACK
    assert (seen[0].phase, seen[0].outcome) == ("connect", "not_sent")


@needs_many_addresses
@pytest.mark.parametrize("addresses", [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
def test_an_address_that_refuses_gives_way_to_the_next(
    kind: str, resolve: Resolve, addresses: list[str], tmp_path: Path
) -> None:
    resolve(lambda: addresses)
    authority = make_authority(HOST)
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(authority.pem)
    with (
        FaultServer(otherwise=created(), tls=authority.server) as server,
        driving(kind, api_base=f"https://{HOST}:{server.port}", ca_bundle=bundle, max_retries=0) as driver,
    ):
        assert driver.create().id == INTENT_ID


def test_a_resolver_that_hangs_ends_with_the_deadline(kind: str, resolve: Resolve) -> None:
    release = threading.Event()

    def hang() -> list[str]:
        release.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    resolve(hang)
    with driving(kind, api_base=f"https://{HOST}", max_retries=0, deadline=0.4) as driver:
        seen: list[errors.TimeoutError] = []
        try:
            assert lateness(lambda: seen.append(driver.fail(errors.TimeoutError)), 0.4) <= SLACK
        finally:
            release.set()
    assert seen[0].outcome == "not_sent"


@pytest.mark.parametrize(
    "failure", [socket.gaierror(socket.EAI_NONAME, "no such host"), UnicodeError("label too long")]
)
def test_a_host_without_an_address(kind: str, resolve: Resolve, failure: Exception) -> None:
    def fail() -> list[str]:
        raise failure

    resolve(fail)
    with driving(kind, api_base=f"https://{HOST}", max_retries=0) as driver:
        error = driver.fail(errors.NetworkError)
    assert (error.phase, error.outcome) == ("dns", "not_sent")


def test_a_handshake_that_hangs_is_one(kind: str, mute: int) -> None:
    with driving(kind, api_base=f"https://127.0.0.1:{mute}", max_retries=0, timeout=(0.2, 5)) as driver:
        error = driver.fail(errors.TimeoutError)
    assert (error.phase, error.outcome) == ("tls", "not_sent")


def test_nothing_is_sent_after_the_deadline_on_a_warm_connection(kind: str) -> None:
    def dawdle(_: object) -> None:
        time.sleep(0.2)

    with FaultServer(otherwise=created()) as server, driving(kind, api_base=server.url) as driver:
        driver.create()
        dawdling = driver.with_options(deadline=0.1, event_hooks={"request": dawdle})
        error = dawdling.fail(errors.TimeoutError)
        assert (error.outcome, len(server.requests)) == ("not_sent", 1)
        assert driver.create().id == INTENT_ID
