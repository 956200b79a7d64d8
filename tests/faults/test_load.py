"""Retry budget and circuit breaker: an outage is not answered with more load."""

from __future__ import annotations

import socket

import pytest

from molam_sdk import errors
from tests.faults.actions import Action, Answer, CloseUnanswered
from tests.faults.driver import Connect
from tests.faults.payloads import INTENT_ID, created, page, problem
from tests.faults.server import FaultServer


def test_an_empty_budget_fails_at_once_with_the_last_error(connect: Connect, server: FaultServer) -> None:
    server.otherwise = Answer(503)
    driver = connect(server, retry_budget=28, circuit_breaker=False)
    for attempts in (3, 1, 1):
        with pytest.raises(errors.ServerError) as caught:
            driver.create()
        assert caught.value.attempts == attempts
    assert len(server.requests) == 5


def test_a_throttled_retry_costs_less(connect: Connect, server: FaultServer) -> None:
    server.otherwise = problem(429, "rate_limited", "rate_limit_error")
    with pytest.raises(errors.RateLimitError) as caught:
        connect(server, retry_budget=14).create()
    assert caught.value.attempts == 3


def test_a_retry_that_succeeds_gives_its_cost_back(connect: Connect, server: FaultServer) -> None:
    script: list[Action] = [CloseUnanswered(), created()]
    server.then(*script * 5)
    driver = connect(server, retry_budget=14)
    assert [driver.create().id for _ in range(5)] == [INTENT_ID] * 5


def test_the_budget_is_shared_by_the_clients_of_a_process(connect: Connect, server: FaultServer) -> None:
    server.otherwise = Answer(503)
    attempts: list[int] = []
    for _ in range(2):
        with pytest.raises(errors.ServerError) as caught:
            connect(server, retry_budget=14).create()
        attempts.append(caught.value.attempts)
    assert attempts == [2, 1]


def test_ten_failures_in_a_row_open_the_breaker_for_that_class_of_calls(connect: Connect, server: FaultServer) -> None:
    server.then(*[Answer(500)] * 10, page())
    driver = connect(server, max_retries=0)
    for _ in range(10):
        with pytest.raises(errors.ServerError):
            driver.create()
    with pytest.raises(errors.CircuitOpenError) as caught:
        driver.create(idempotency_key="order-1")
    assert len(server.requests) == 10
    assert (caught.value.outcome, caught.value.attempts, caught.value.idempotency_key) == ("not_sent", 0, "order-1")
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 5
    assert driver.list_all() == []


def test_a_breaker_that_opens_within_a_call_leaves_it_unknown(connect: Connect, server: FaultServer) -> None:
    server.otherwise = Answer(500)
    driver = connect(server, max_retries=20)
    with pytest.raises(errors.ServerError) as caught:
        driver.create()
    assert (caught.value.outcome, caught.value.attempts, len(server.requests)) == ("unknown", 10, 10)
    assert caught.value.retry_after == pytest.approx(5.0)


@pytest.mark.parametrize("status", [400, 404, 429])
def test_refusals_never_open_it(connect: Connect, server: FaultServer, status: int) -> None:
    server.then(*[problem(status, "some_code")] * 15, created())
    driver = connect(server, max_retries=0)
    for _ in range(15):
        with pytest.raises(errors.ApiError):
            driver.create()
    assert driver.create().id == INTENT_ID


def test_a_success_in_between_starts_the_count_again(connect: Connect, server: FaultServer) -> None:
    server.then(*[Answer(500)] * 9, created(), *[Answer(500)] * 9, created())
    driver = connect(server, max_retries=0)
    for _ in range(2):
        for _ in range(9):
            with pytest.raises(errors.ServerError):
                driver.create()
        assert driver.create().id == INTENT_ID


def test_connect_failures_open_it(connect: Connect, server: FaultServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    driver = connect(server, api_base=f"http://127.0.0.1:{port}", max_retries=0)
    for _ in range(10):
        with pytest.raises(errors.NetworkError):
            driver.create()
    with pytest.raises(errors.CircuitOpenError):
        driver.create()


def test_it_can_be_switched_off(connect: Connect, server: FaultServer) -> None:
    server.otherwise = Answer(500)
    driver = connect(server, max_retries=0, circuit_breaker=False)
    for _ in range(12):
        with pytest.raises(errors.ServerError):
            driver.create()
    assert len(server.requests) == 12
