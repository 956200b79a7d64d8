"""A region that dies under real calls: they move once, stay, and pay its silence once."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import pytest

from molam_sdk import errors
from tests.faults.actions import Answer, CloseUnanswered, Hold, Respond
from tests.faults.driver import Connect, Driver
from tests.faults.payloads import INTENT_ID, created, own_answer, problem, retrieved
from tests.faults.server import FaultServer


@pytest.fixture
def away() -> Generator[FaultServer]:
    with FaultServer(otherwise=Respond(own_answer)) as running:
        yield running


@contextmanager
def silent() -> Generator[str]:
    """An address that takes no further connection: the queue of its listener is full."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            filling = opened.enter_context(socket.socket())
            filling.setblocking(False)
            filling.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def between(connect: Connect, home: FaultServer, home_url: str, away: FaultServer, **options: object) -> Driver:
    chosen: dict[str, object] = {
        "api_base": None,
        "regions": {"home": home_url, "away": away.url},
        "region": "home",
        "fallback_regions": ("away",),
        "write_failover": True,
        "deadline": 4,
    }
    return connect(home, **chosen | options)


def orders(server: FaultServer) -> list[str]:
    return [json.loads(request.body)["metadata"]["order"] for request in server.requests if request.body]


def test_a_region_killed_in_the_middle_of_many_calls(connect: Connect, server: FaultServer, away: FaultServer) -> None:
    server.otherwise = Respond(own_answer)
    driver = between(connect, server, server.url, away)
    names = [f"order_{number}" for number in range(120)]
    for number, name in enumerate(names):
        if number == 60:
            server.stop()
        assert driver.create(metadata={"order": name}).id == f"pi_{name}"
    assert orders(server) == names[:60]
    assert orders(away) == names[60:]


def test_a_silent_region_costs_the_first_call_only(connect: Connect, server: FaultServer, away: FaultServer) -> None:
    with silent() as home:
        driver = between(connect, server, home, away, timeout=(1.0, 5.0))
        took: list[float] = []
        for number in range(30):
            began = time.monotonic()
            driver.create(metadata={"order": str(number)})
            took.append(time.monotonic() - began)
    assert 0.9 < took[0] < 2.5
    assert max(took[1:]) < 0.5
    assert len(away.requests) == 30


def test_a_short_deadline_leaves_time_for_the_other_region(
    connect: Connect, server: FaultServer, away: FaultServer
) -> None:
    with silent() as home:
        driver = between(connect, server, home, away, deadline=0.6)
        assert driver.create(metadata={"order": "1"}).id == "pi_1"


def test_a_write_of_which_a_byte_was_sent_never_moves(connect: Connect, server: FaultServer, away: FaultServer) -> None:
    server.then(CloseUnanswered(), created())
    driver = between(connect, server, server.url, away)
    assert driver.create(idempotency_key="order-1").id == INTENT_ID
    assert [request.idempotency_key for request in server.requests] == ["order-1"] * 2
    server.then(CloseUnanswered())
    with pytest.raises(errors.NetworkError) as caught:
        driver.with_options(max_retries=0).create(idempotency_key="order-2")
    assert caught.value.outcome == "unknown"
    server.stop()
    for _ in range(3):
        with pytest.raises(errors.NetworkError) as again:
            driver.with_options(max_retries=1).create(idempotency_key="order-2")
        assert again.value.outcome == "unknown"
    assert away.requests == []


def test_a_write_stays_unless_it_may_move_and_a_read_goes(
    connect: Connect, server: FaultServer, away: FaultServer
) -> None:
    driver = between(connect, server, server.url, away, write_failover=False)
    server.stop()
    with pytest.raises(errors.NetworkError):
        driver.create()
    away.then(retrieved())
    assert driver.retrieve(INTENT_ID).id == INTENT_ID
    assert len(away.requests) == 1


def test_tenants_whose_keys_are_equal_do_not_move_each_others_payments(
    connect: Connect, server: FaultServer, away: FaultServer
) -> None:
    """A is in doubt at home, B is refused there with a key of the same name, home dies, and A is repeated."""
    driver = between(connect, server, server.url, away, max_retries=0)
    first, second = (driver.with_options(account=account) for account in ("acct_a", "acct_b"))
    server.then(CloseUnanswered(), problem(402, "card_declined", "payment_error"))
    with pytest.raises(errors.NetworkError) as caught:
        first.create(idempotency_key="order-1")
    assert caught.value.outcome == "unknown"
    with pytest.raises(errors.DeclinedError):
        second.create(idempotency_key="order-1")
    server.stop()
    with pytest.raises(errors.NetworkError):
        first.with_options(max_retries=2).create(idempotency_key="order-1")
    assert away.requests == []
    assert second.with_options(max_retries=2).create(idempotency_key="order-1", metadata={"order": "b"}).id == "pi_b"


def test_a_payment_whose_answer_cannot_be_read_is_repeated_where_it_was_made(
    connect: Connect, server: FaultServer, away: FaultServer
) -> None:
    """Also with the key that the SDK made for it, which the error names."""
    driver = between(connect, server, server.url, away)
    server.then(Answer(201, b'{"id": "pi_1", "object": "payment_intent"}'))
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        driver.create()
    server.stop()
    with pytest.raises(errors.NetworkError):
        driver.create(idempotency_key=caught.value.idempotency_key)
    assert away.requests == []


def test_switching_leaves_the_calls_under_way_their_connections(
    connect: Connect, server: FaultServer, away: FaultServer
) -> None:
    release = threading.Event()
    driver = between(connect, server, server.url, away, fallback_regions=())
    server.then(Hold(release, created()))

    def switch() -> None:
        server.wait_for_requests(1)
        driver.client.switch_region("away")
        release.set()

    switching = threading.Thread(target=switch)
    switching.start()
    assert driver.create().id == INTENT_ID
    switching.join()
    assert driver.create(metadata={"order": "1"}).id == "pi_1"
    assert (len(server.requests), len(away.requests)) == (1, 1)
    driver.close()
    server.wait_for_open_connections(0)
    away.wait_for_open_connections(0)
