"""Which failures are repeated, and what stays the same in every attempt of a call."""

from __future__ import annotations

import pytest

from molam_sdk import errors
from tests.faults.actions import (
    Action,
    Answer,
    CloseUnanswered,
    Drip,
    Raw,
    ResetUnanswered,
    ResetUnread,
    Truncate,
    html_page,
)
from tests.faults.driver import Connect
from tests.faults.payloads import INTENT_ID, created, page, payment_intent, problem, retrieved
from tests.faults.server import FaultServer

LOST: list[Action] = [
    ResetUnread(),
    CloseUnanswered(),
    ResetUnanswered(),
    Truncate(created()),
    Truncate(created(), keep=0),
    Truncate(created(), reset=True),
    Drip(created(), interval=0.4),
    Raw(b"SMTP ready\r\n"),
    Raw(b"HTTP/1.1 201 Created\r\nContent-Le"),
]
TRANSIENT: list[Action] = [
    html_page(502),
    html_page(504),
    html_page(520),
    html_page(529),
    Answer(503, b""),
    problem(500, "internal_error"),
    problem(503, "provider_unavailable", "provider_error"),
    problem(408, "timeout"),
    problem(425, "too_early"),
    problem(429, "rate_limited", "rate_limit_error"),
]


@pytest.mark.parametrize("fault", [*LOST, *TRANSIENT], ids=repr)
def test_a_create_is_repeated_with_one_key_and_a_new_attempt_id(
    connect: Connect, server: FaultServer, fault: Action
) -> None:
    server.then(fault, fault, created())
    driver = connect(server, timeout=0.3)
    assert driver.create(metadata={"order_id": "12345"}).id == INTENT_ID
    sent = server.requests
    assert len(sent) == (1 if isinstance(fault, ResetUnread) else 3)
    assert len({request.idempotency_key for request in sent}) == 1
    assert len({request.body for request in sent}) == 1
    assert len({request.attempt_id for request in sent}) == len(sent)
    assert all(request.idempotency_key and request.attempt_id for request in sent)


@pytest.mark.parametrize("fault", [CloseUnanswered(), html_page(502)], ids=repr)
def test_reads_are_repeated_too_and_carry_no_key(connect: Connect, server: FaultServer, fault: Action) -> None:
    server.then(fault, retrieved(), fault, page(payment_intent()))
    driver = connect(server)
    assert driver.retrieve(INTENT_ID).id == INTENT_ID
    assert [intent.id for intent in driver.list_all()] == [INTENT_ID]
    assert len(server.requests) == 4
    assert all(request.idempotency_key is None for request in server.requests)
    assert len({request.attempt_id for request in server.requests}) == 4


def test_the_callers_own_key_is_sent_in_every_attempt(connect: Connect, server: FaultServer) -> None:
    server.then(CloseUnanswered(), Answer(500), created())
    connect(server).create(idempotency_key="order-12345")
    assert [request.idempotency_key for request in server.requests] == ["order-12345"] * 3


def test_two_calls_have_two_keys(connect: Connect, server: FaultServer) -> None:
    server.then(created(), created())
    driver = connect(server)
    driver.create()
    driver.create()
    first, second = server.requests
    assert first.idempotency_key != second.idempotency_key


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, errors.ValidationError),
        (401, errors.AuthenticationError),
        (402, errors.DeclinedError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (405, errors.ValidationError),
        (409, errors.ConflictError),
        (413, errors.ValidationError),
        (415, errors.ValidationError),
        (418, errors.ApiError),
        (422, errors.IdempotencyError),
        (501, errors.ServerError),
        (505, errors.ServerError),
    ],
)
@pytest.mark.parametrize("as_html", [False, True])
def test_final_statuses_are_not_repeated(
    connect: Connect, server: FaultServer, status: int, error: type[errors.ApiError], as_html: bool
) -> None:
    error_type = "idempotency_error" if status == 422 else "api_error"
    server.then(html_page(status) if as_html else problem(status, "some_code", error_type))
    with pytest.raises(errors.ApiError) as caught:
        connect(server).create(idempotency_key="order-1")
    raised = caught.value
    assert type(raised) is (errors.ApiError if as_html and status == 402 else error)
    assert (raised.status_code, raised.attempts, raised.idempotency_key) == (status, 1, "order-1")
    assert raised.outcome == ("unknown" if status >= 500 or as_html else "rejected")
    assert raised.request_id
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "verdict", "requests"), [(400, "true", 2), (501, "true", 2), (503, "false", 1), (429, "false", 1)]
)
def test_the_server_overrules_what_is_repeated(
    connect: Connect, server: FaultServer, status: int, verdict: str, requests: int
) -> None:
    server.then(problem(status, "some_code", headers={"Molam-Should-Retry": verdict}), created())
    driver = connect(server)
    if verdict == "true":
        assert driver.create().id == INTENT_ID
    else:
        with pytest.raises(errors.ApiError):
            driver.create()
    assert len(server.requests) == requests


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (CloseUnanswered(), errors.NetworkError),
        (Truncate(created()), errors.NetworkError),
        (problem(503, "overloaded"), errors.ServerError),
        (problem(502, "provider_unavailable", "provider_error"), errors.ProviderError),
        (problem(429, "rate_limited", "rate_limit_error"), errors.RateLimitError),
    ],
    ids=repr,
)
def test_the_last_failure_is_raised_when_the_attempts_are_spent(
    connect: Connect, server: FaultServer, fault: Action, error: type[errors.MolamError]
) -> None:
    server.otherwise = fault
    with pytest.raises(errors.MolamError) as caught:
        connect(server, max_retries=2).create(idempotency_key="order-1")
    assert type(caught.value) is error
    assert (caught.value.attempts, caught.value.idempotency_key) == (3, "order-1")
    assert len(server.requests) == 3


def test_max_retries_of_one_call(connect: Connect, server: FaultServer) -> None:
    server.otherwise = Answer(500)
    with pytest.raises(errors.ServerError) as caught:
        connect(server).with_options(max_retries=0).create()
    assert caught.value.attempts == len(server.requests) == 1


def test_a_list_repeats_the_page_that_was_lost(connect: Connect, server: FaultServer) -> None:
    server.then(page(payment_intent("pi_1"), next_cursor="pi_1"), CloseUnanswered(), page(payment_intent("pi_2")))
    assert [intent.id for intent in connect(server).list_all(limit=1)] == ["pi_1", "pi_2"]
    first, second, third = (request.target for request in server.requests)
    assert second == third
    assert first != second
