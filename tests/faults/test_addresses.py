"""Names with a dead address, slow names, slow handshakes: a call finds its way, to another region if it may."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack

import pytest

from molam_sdk import errors
from tests.faults.actions import Respond
from tests.faults.driver import Connect, Driver
from tests.faults.names import HOST, Names, resolving, silent_listener
from tests.faults.payloads import INTENT_ID, created, own_answer, retrieved
from tests.faults.server import FaultServer

LIVE = "127.0.0.1"
DEAD = "127.0.0.2"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Generator[Names]:
    with resolving(monkeypatch) as resolver:
        yield resolver


@pytest.fixture
def away() -> Generator[FaultServer]:
    with FaultServer(otherwise=Respond(own_answer)) as running:
        yield running


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets plain HTTP go to a name: what these tests are about happens before TLS."""

    def anywhere(_: str) -> bool:
        return True

    monkeypatch.setattr("molam_sdk._options.urls.is_loopback", anywhere)


@pytest.mark.usefixtures("plain")
def test_an_address_where_nothing_listens_is_passed_by(connect: Connect, server: FaultServer, names: Names) -> None:
    names.lead_to(DEAD, LIVE)
    server.otherwise = created()
    driver = connect(server, api_base=f"http://{HOST}:{server.port}")
    assert timed(driver.create) < 1
    assert len(server.requests) == 1


@pytest.mark.usefixtures("plain")
def test_a_silent_address_is_passed_by(connect: Connect, server: FaultServer, names: Names) -> None:
    names.lead_to(DEAD, LIVE)
    server.otherwise = created()
    with silent_listener(DEAD, server.port):
        driver = connect(server, api_base=f"http://{HOST}:{server.port}", timeout=(4.0, 5.0))
        assert timed(driver.create) < 2
    assert len(server.requests) == 1


@pytest.mark.usefixtures("plain")
def test_a_slow_name_is_waited_for(connect: Connect, server: FaultServer, names: Names) -> None:
    names.hang()
    server.otherwise = created()
    driver = connect(server, api_base=f"http://{HOST}:{server.port}")
    answering = threading.Timer(0.3, names.lead_to, [LIVE])
    answering.start()
    assert 0.25 < timed(driver.create) < 2
    answering.join()


def between(connect: Connect, server: FaultServer, home: str, away: FaultServer, **options: object) -> Driver:
    chosen: dict[str, object] = {
        "api_base": None,
        "regions": {"home": home, "away": away.url},
        "region": "home",
        "fallback_regions": ("away",),
        "timeout": (0.5, 5.0),
        "deadline": 4,
    }
    return connect(server, **chosen | options)


@pytest.mark.parametrize("write_failover", [True, False])
def test_a_region_whose_name_is_never_resolved(
    connect: Connect, server: FaultServer, names: Names, away: FaultServer, write_failover: bool
) -> None:
    names.hang()
    driver = between(connect, server, f"https://{HOST}", away, write_failover=write_failover, max_retries=1)
    away.then(retrieved())
    assert timed(lambda: driver.retrieve(INTENT_ID)) < 2
    if write_failover:
        assert driver.create(metadata={"order": "1"}).id == "pi_1"
    else:
        with pytest.raises(errors.TimeoutError) as caught:
            driver.create()
        assert caught.value.phase in ("dns", "connect")
        assert caught.value.outcome == "not_sent"
        assert len(away.requests) == 1


def test_a_region_that_never_ends_its_handshake(connect: Connect, server: FaultServer, away: FaultServer) -> None:
    with ExitStack() as opened:
        home = opened.enter_context(socket.create_server((LIVE, 0)))
        url = f"https://localhost:{home.getsockname()[1]}"
        driver = between(connect, server, url, away, write_failover=True)
        took = [timed(lambda: driver.create(metadata={"order": "1"})) for _ in range(3)]
    assert 0.4 < took[0] < 2
    assert max(took[1:]) < 0.4
    assert len(away.requests) == 3
