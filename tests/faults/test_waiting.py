"""How long a call waits between attempts, and that it never outlives its deadline."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from molam_sdk import errors
from tests.faults.actions import Action, Answer, Drip, Flood, Hold
from tests.faults.driver import Connect
from tests.faults.payloads import INTENT_ID, created, in_flight, problem
from tests.faults.server import FaultServer
from tests.faults.timing import SLACK, elapsed, lateness


def throttled(retry_after: str, **headers: str) -> Answer:
    return problem(429, "rate_limited", "rate_limit_error", {"Retry-After": retry_after, **headers})


def spacing(server: FaultServer) -> float:
    first, second = server.requests
    return second.received_at - first.received_at


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_is_waited(connect: Connect, server: FaultServer, status: int) -> None:
    server.then(problem(status, "some_code", headers={"Retry-After": "1"}), created())
    assert connect(server).create().id == INTENT_ID
    assert 1 <= spacing(server) < 1.5


def test_retry_after_as_a_date_is_measured_by_the_servers_own_clock(connect: Connect, server: FaultServer) -> None:
    now = datetime.now(UTC) - timedelta(days=400)
    later = format_datetime(now + timedelta(seconds=1), usegmt=True)
    server.then(throttled(later, Date=format_datetime(now, usegmt=True)), created())
    assert connect(server).create().id == INTENT_ID
    assert 0.9 <= spacing(server) < 1.5


def far_date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


@pytest.mark.parametrize(
    "wait", ["30", "1e400", "99999999999999999999", far_date()], ids=["30 s", "1e400 s", "9e19 s", "a date"]
)
def test_a_wait_beyond_the_deadline_fails_at_once(connect: Connect, server: FaultServer, wait: str) -> None:
    if wait == "1e400":
        server.then(throttled(wait), created())
        assert elapsed(lambda: connect(server, deadline=5).create()) < 2
        return
    server.then(throttled(wait))
    driver = connect(server, deadline=5)
    begun = time.monotonic()
    with pytest.raises(errors.RateLimitError) as caught:
        driver.create()
    assert time.monotonic() - begun < 2
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 30 - 1
    assert caught.value.outcome == "rejected"
    assert len(server.requests) == 1


@pytest.mark.parametrize("garbage", ["soon", "-1", "nan", "", "٣"])
def test_an_unreadable_wait_is_no_wait(connect: Connect, server: FaultServer, garbage: str) -> None:
    header = garbage.encode().decode("latin-1")
    server.then(throttled(header), created())
    assert connect(server).create().id == INTENT_ID
    assert spacing(server) < 1


@pytest.mark.parametrize(
    ("fault", "phase"),
    [
        (Drip(created(), 0.02), "body"),
        (Drip(created(), 0.02, "headers"), "headers"),
        (Hold(threading.Event(), created()), "headers"),
        (Flood(10**6, 1000), "body"),
    ],
    ids=["body drip", "header drip", "silence", "endless body"],
)
def test_the_deadline_holds_whatever_the_server_drips(
    connect: Connect, server: FaultServer, fault: Action, phase: str
) -> None:
    server.otherwise = fault
    driver = connect(server, deadline=0.6, max_response_bytes=10**9)

    def call() -> None:
        with pytest.raises(errors.TimeoutError) as caught:
            driver.create(idempotency_key="order-1")
        assert isinstance(caught.value, TimeoutError)
        assert (caught.value.phase, caught.value.outcome) == (phase, "unknown")
        assert (caught.value.attempts, caught.value.idempotency_key) == (1, "order-1")

    assert -0.01 <= lateness(call, 0.6) <= SLACK


def test_the_read_timeout_ends_an_attempt_and_the_deadline_the_call(connect: Connect, server: FaultServer) -> None:
    server.otherwise = Hold(threading.Event(), created())
    driver = connect(server, timeout=0.25, deadline=0.95)

    def call() -> None:
        before = len(server.requests)
        with pytest.raises(errors.TimeoutError) as caught:
            driver.create()
        assert caught.value.attempts == len(server.requests) - before == 4

    assert lateness(call, 0.95) <= SLACK


def test_the_time_left_is_told_to_the_server(connect: Connect, server: FaultServer) -> None:
    server.then(Answer(503, b"", {"Retry-After": "1"}), created())
    connect(server, deadline=10).create()
    first, second = (int(request.headers["molam-deadline-ms"]) for request in server.requests)
    assert 9_000 <= first <= 10_000
    assert first - second >= 1_000


def test_a_key_in_flight_is_waited_out(connect: Connect, server: FaultServer) -> None:
    server.then(*[in_flight({"Retry-After": "0"})] * 8, created())
    assert connect(server, max_retries=1, retry_budget=0).create(idempotency_key="order-1").id == INTENT_ID
    assert {request.idempotency_key for request in server.requests} == {"order-1"}
    assert len(server.requests) == 9


def test_a_key_in_flight_for_ever_ends_with_the_deadline(connect: Connect, server: FaultServer) -> None:
    server.otherwise = in_flight()
    driver = connect(server, deadline=0.6)

    def call() -> None:
        before = len(server.requests)
        with pytest.raises((errors.ConflictError, errors.TimeoutError)) as caught:  # the last attempt may be cut short
            driver.create(idempotency_key="order-1")
        assert caught.value.outcome == "unknown"
        assert caught.value.code in ("idempotency_in_flight", None)
        assert caught.value.attempts == len(server.requests) - before > 4

    assert lateness(call, 0.6) <= SLACK


def test_a_key_in_flight_is_raised_where_retries_are_off(connect: Connect, server: FaultServer) -> None:
    server.otherwise = in_flight({"Retry-After": "1"})
    with pytest.raises(errors.ConflictError) as caught:
        connect(server, max_retries=0).create()
    assert (caught.value.outcome, caught.value.retry_after, len(server.requests)) == ("unknown", 1, 1)
