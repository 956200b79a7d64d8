"""Retry-After, keys in flight and the deadline: how long a call waits and when it stops waiting."""

from __future__ import annotations

import pytest

from molam_sdk import errors
from molam_sdk._exchange.reply import Lost
from tests.unit.sdk.conversation import (
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

IN_FLIGHT = "idempotency_in_flight"


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        (" 2 ", 2.0),
        ("Sat, 21 Nov 2026 10:00:07 GMT", 7.0),
        ("2026-11-21T10:00:07Z", 7.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.3),
        ("0", 0.3),
        ("soon", 0.3),
        ("-5", 0.3),
        ("", 0.3),
    ],
)
def test_retry_after_replaces_the_backoff(value: str, wait: float) -> None:
    reply = html(503, Retry_After=value, Date="Sat, 21 Nov 2026 10:00:00 GMT")
    assert started().hear(reply).delay == pytest.approx(wait)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520])
def test_a_retry_after_beyond_the_deadline_fails_at_once(status: int) -> None:
    with pytest.raises(errors.ApiError) as caught:
        started(deadline=30).hear(html(status, Retry_After="30"), after=1)
    assert (caught.value.retry_after, caught.value.attempts) == (30.0, 1)


@pytest.mark.parametrize("value", ["86401", "9" * 400, "Sat, 21 Nov 2099 10:00:00 GMT"])
def test_absurd_waits_fail_at_once_and_are_cut_to_a_day(value: str) -> None:
    assert started(deadline=86_400).fail(html(503, Retry_After=value), errors.ServerError).retry_after == 86_400


@pytest.mark.parametrize("lost", [REFUSED, TORN, SILENT], ids=lambda lost: lost.phase)
def test_a_backoff_beyond_the_deadline_fails_at_once_and_says_when_to_come_back(lost: Lost) -> None:
    conversation = started(deadline=10, backoff_factor=4)
    with pytest.raises(errors.NetworkError) as caught:
        conversation.hear(lost, after=7)
    assert caught.value.retry_after == pytest.approx(4.0)


def test_every_kind_of_last_error_says_when_to_come_back() -> None:
    refused = started(deadline=10, backoff_factor=4).fail(html(500), errors.ServerError, after=7)
    assert refused.retry_after == pytest.approx(4.0)
    foreign = success(Molam_Attempt_Id="another")
    unbelieved = started(deadline=10, backoff_factor=4).fail(foreign, errors.UnexpectedResponseError, after=7)
    assert unbelieved.retry_after == pytest.approx(4.0)


def test_the_word_of_the_body_is_kept_where_there_is_no_header() -> None:
    error = started(max_retries=0).fail(problem(429, "rate_limited", retry_after=12.5), errors.RateLimitError)
    assert error.retry_after == 12.5


def test_a_refusal_that_is_not_repeated_carries_retry_after_too() -> None:
    assert started().fail(problem(403, Retry_After="9"), errors.PermissionDeniedError).retry_after == 9.0


def test_a_key_in_flight_is_waited_out_without_spending_attempts_or_tokens() -> None:
    conversation = started(max_retries=1, over=route(tokens=0))
    for number in range(2, 12):
        attempt = conversation.hear(problem(409, IN_FLIGHT, Retry_After="1"))
        assert (attempt.number, attempt.delay) == (number, 1.0)
    assert conversation.route.budget.tokens == 0
    assert conversation.settle(success()).attempts == 11


def test_retries_are_still_there_after_waiting() -> None:
    conversation = started(max_retries=1)
    conversation.hear(problem(409, IN_FLIGHT))
    conversation.hear(html(503))
    conversation.hear(problem(409, IN_FLIGHT))
    assert conversation.fail(html(503), errors.ServerError).attempts == 4


@pytest.mark.parametrize("random", [0.0, 1.0])
def test_without_retry_after_the_waits_grow_and_never_spin(random: float) -> None:
    conversation = started(random=random)
    waits = [conversation.hear(problem(409, IN_FLIGHT)).delay for _ in range(7)]
    expected = [0.3, 0.6, 1.2, 2.4, 4.8, 8.0, 8.0] if random else [0.05] * 7
    assert waits == pytest.approx(expected)


@pytest.mark.parametrize("asked", ["0", "0.01", "-1"])
def test_a_key_in_flight_is_not_asked_about_without_end(asked: str) -> None:
    conversation = started(deadline=60)
    for _ in range(11):
        conversation.hear(problem(409, IN_FLIGHT, Retry_After=asked))
    error = conversation.fail(problem(409, IN_FLIGHT, Retry_After=asked), errors.ConflictError)
    assert (error.outcome, error.attempts) == ("unknown", 12)


def test_waiting_ends_with_the_deadline() -> None:
    conversation = started(deadline=10)
    conversation.hear(problem(409, IN_FLIGHT, Retry_After="4"))
    conversation.hear(problem(409, IN_FLIGHT, Retry_After="4"))
    error = conversation.fail(problem(409, IN_FLIGHT, Retry_After="4"), errors.ConflictError)
    assert (error.code, error.retry_after, error.outcome, error.attempts) == (IN_FLIGHT, 4.0, "unknown", 3)


def test_no_retries_means_no_waiting() -> None:
    error = started(max_retries=0).fail(problem(409, IN_FLIGHT, Retry_After="2"), errors.ConflictError)
    assert (error.code, error.retry_after, error.outcome) == (IN_FLIGHT, 2.0, "unknown")


def test_the_server_may_forbid_the_waiting() -> None:
    reply = problem(409, IN_FLIGHT, Retry_After="2", Molam_Should_Retry="false")
    error = started().fail(reply, errors.ConflictError)
    assert (error.retry_after, error.outcome) == (2.0, "unknown")


@pytest.mark.parametrize("code", ["payment_in_flight", "invalid_state", None])
def test_other_conflicts_are_not_waited_out(code: str | None) -> None:
    started().fail(problem(409, code, Retry_After="1"), errors.ConflictError)


@pytest.mark.parametrize(("lost", "phase"), [(TORN, "body"), (SILENT, "headers"), (REFUSED, "connect")])
def test_a_loss_at_the_deadline_is_a_timeout(lost: Lost, phase: str) -> None:
    error = started(deadline=2.5).fail(lost, errors.TimeoutError, after=2.5)
    assert isinstance(error, TimeoutError)
    assert (error.phase, error.retry_after) == (phase, None)
    assert "the deadline of 2.5 s passed after 1 attempt;" in error.message


def test_a_timeout_before_the_deadline_says_where_it_was() -> None:
    conversation = started(max_retries=1)
    conversation.hear(SILENT)
    error = conversation.fail(SILENT, errors.TimeoutError)
    assert "timed out (headers) after 2 attempts;" in error.message
    assert "client.resolve(error), or repeat it with error.idempotency_key" in error.message


def test_a_loss_that_is_no_timeout_names_its_cause() -> None:
    error = started(max_retries=0).fail(TORN, errors.NetworkError)
    assert "no complete answer (body: RemoteProtocolError)" in error.message
    assert error.cause_type == "RemoteProtocolError"
    assert (error.__cause__, error.__suppress_context__) == (None, True)


def test_the_deadline_counts_from_where_the_call_began() -> None:
    attempt = Conversation(now=1000.0, began=990.0, deadline=30).begin()
    assert (attempt.deadline_at, attempt.remaining) == (1020.0, 20.0)


def test_a_call_whose_deadline_has_passed_is_not_sent() -> None:
    with pytest.raises(errors.TimeoutError, match="before it was sent; nothing was done") as caught:
        Conversation(now=1000.0, began=900.0, deadline=60).begin()
    assert (caught.value.outcome, caught.value.attempts, caught.value.idempotency_key) == ("not_sent", 0, "order-1")


def test_advice_for_a_call_that_changes_nothing() -> None:
    assert "it changes nothing" in started(key=None, max_retries=0).fail(TORN, errors.NetworkError).message
