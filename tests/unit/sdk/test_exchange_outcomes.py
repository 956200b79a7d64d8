"""`outcome`: what is known of the whole call, whatever its last attempt came to."""

from __future__ import annotations

import json

import pytest

from molam_sdk import errors
from molam_sdk._exchange.reply import Lost, Reply
from tests.unit.sdk.conversation import (
    CONNECT_TIMEOUT,
    REFUSED,
    SILENT,
    TORN,
    Conversation,
    html,
    problem,
    route,
    started,
    success,
)

DOUBTFUL: list[tuple[str, Reply | Lost]] = [
    ("torn body", TORN),
    ("timeout", SILENT),
    ("500", html(500)),
    ("503", problem(503, "overloaded")),
    ("in flight", problem(409, "idempotency_in_flight")),
    ("disbelieved", success(Molam_Attempt_Id="another")),
]
CLEAR: list[tuple[str, Reply | Lost]] = [("refused connection", REFUSED), ("throttled", problem(429, "rate_limited"))]


def proxied(status: int, code: str) -> Reply:
    """A refusal by whatever stands in front of the gateway."""
    return Reply(status, {"content-type": "application/json"}, json.dumps({"code": code}).encode())


def failing(first: Reply | Lost, last: Reply | Lost) -> errors.MolamError:
    conversation = started(max_retries=1)
    conversation.hear(first)
    if isinstance(first, Reply) and first.status == 409:  # waited out, which spends no attempt
        conversation.hear(html(503))
    with pytest.raises(errors.MolamError) as caught:
        conversation.hear(last)
    return caught.value


@pytest.mark.parametrize("first", [each for _, each in DOUBTFUL], ids=[name for name, _ in DOUBTFUL])
@pytest.mark.parametrize(
    "last",
    [
        problem(400, "parameter_invalid"),
        problem(401, "api_key_invalid"),
        problem(403, "scope_missing"),
        problem(404),
        problem(404, "route_missing"),
        html(404),
        proxied(404, "ROUTE_NOT_FOUND"),
        proxied(402, "quota_exhausted"),
        problem(409, "of_a_newer_api"),
        problem(409, "idempotency_key_expired"),
        html(402),
        problem(409, "payment_in_flight"),
        problem(422, "idempotency_key_reused"),
        problem(429, "rate_limited"),
        html(409),
        REFUSED,
        CONNECT_TIMEOUT,
        html(301),
    ],
    ids=lambda last: str(getattr(last, "status", getattr(last, "phase", ""))),
)
def test_a_call_once_in_doubt_stays_in_doubt(first: Reply | Lost, last: Reply | Lost) -> None:
    assert failing(first, last).outcome == "unknown"


@pytest.mark.parametrize("first", [each for _, each in DOUBTFUL], ids=[name for name, _ in DOUBTFUL])
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (402, "card_declined"),
        (404, "resource_missing"),
        (409, "invalid_state"),
        (409, "refund_exceeds_captured"),
    ],
)
def test_a_refusal_that_the_contract_stores_settles_the_doubt(first: Reply | Lost, status: int, code: str) -> None:
    error = failing(first, problem(status, code))
    assert (error.outcome, error.code) == ("rejected", code)


@pytest.mark.parametrize("first", [each for _, each in DOUBTFUL], ids=[name for name, _ in DOUBTFUL])
def test_a_success_settles_the_doubt(first: Reply | Lost) -> None:
    conversation = started()
    conversation.hear(first)
    assert conversation.settle(success()).attempts == 2


@pytest.mark.parametrize("first", [each for _, each in CLEAR], ids=[name for name, _ in CLEAR])
@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        (problem(400, "parameter_invalid"), "rejected"),
        (problem(401, "api_key_invalid"), "rejected"),
        (problem(402, "card_declined"), "rejected"),
        (problem(422, "idempotency_key_reused"), "rejected"),
        (problem(429, "rate_limited"), "rejected"),
        (TORN, "unknown"),
        (html(500), "unknown"),
        (success(Molam_Attempt_Id="another"), "unknown"),
    ],
)
def test_what_left_no_doubt_adds_none(first: Reply | Lost, last: Reply | Lost, outcome: str) -> None:
    assert failing(first, last).outcome == outcome


def test_a_spent_key_leaves_the_doubt_without_an_earlier_attempt() -> None:
    error = started().fail(problem(409, "idempotency_key_expired"), errors.ConflictError)
    assert error.outcome == "unknown"


@pytest.mark.parametrize("before", [(), (TORN,)], ids=["at once", "after a lost answer"])
def test_after_a_spent_key_the_message_asks_to_look_and_not_to_repeat(before: tuple[Lost, ...]) -> None:
    """The object exists: the key itself is refused for ever, and another key would make a second one."""
    conversation = started()
    for lost in before:
        conversation.hear(lost)
    message = conversation.fail(problem(409, "idempotency_key_expired"), errors.ConflictError).message
    assert "retrieve the one named in `resource`, or list and look for it" in message
    assert message.endswith("do not repeat the call with a new key")
    assert "resolve" not in message


@pytest.mark.parametrize("status", [400, 401, 403, 422, 429])
def test_in_doubt_the_message_never_asks_for_a_new_call(status: int) -> None:
    message = failing(TORN, problem(status, "x")).message
    assert "client.resolve(error), or repeat it with error.idempotency_key, never with a new key" in message
    assert "new idempotency key" not in message


def test_nothing_sent_is_not_sent() -> None:
    error = failing(REFUSED, CONNECT_TIMEOUT)
    assert (error.outcome, error.attempts, error.idempotency_key) == ("not_sent", 2, "order-1")
    assert "nothing was done, it may be called again" in error.message


def test_a_refusal_before_a_connect_failure_is_rejected() -> None:
    assert failing(problem(429, "rate_limited"), REFUSED).outcome == "rejected"


@pytest.mark.parametrize("first", [each for _, each in DOUBTFUL], ids=[name for name, _ in DOUBTFUL])
def test_an_open_breaker_leaves_the_doubt(first: Reply | Lost) -> None:
    conversation = Conversation(over=(over := route()))
    conversation.begin()
    breaker = over.breakers[0]
    assert breaker is not None
    for _ in range(10):
        breaker.failed(1000.0, probe=False)
    assert conversation.give_up(first).outcome == "unknown"


def test_the_deadline_leaves_the_doubt() -> None:
    conversation = started(deadline=30)
    conversation.hear(TORN)
    assert conversation.fail(REFUSED, errors.TimeoutError, after=40).outcome == "unknown"


def test_an_empty_budget_leaves_the_doubt() -> None:
    assert started(over=route(tokens=0)).fail(TORN, errors.NetworkError).outcome == "unknown"


def test_an_error_that_keeps_an_attempt_from_being_sent_says_what_is_known() -> None:
    conversation = started()
    conversation.hear(TORN)
    own = errors.ConfigurationError("this client is closed")
    kept = Lost("connect", sent=False, fatal=True, error=own)
    error = conversation.fail(kept, errors.NetworkError)
    assert (error.outcome, error.attempts, error.idempotency_key) == ("unknown", 1, "order-1")
    assert "this client is closed" in error.message


def test_an_error_before_anything_was_sent_stays_not_sent() -> None:
    own = errors.ConfigurationError("the CA bundle cannot be loaded")
    started().fail(Lost("connect", sent=False, fatal=True, error=own), errors.ConfigurationError)
    assert (own.outcome, own.attempts, own.idempotency_key) == ("not_sent", 0, "order-1")
