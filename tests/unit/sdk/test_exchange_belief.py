"""Answers that are not believed: to another attempt, or about another object."""

from __future__ import annotations

import pytest

from molam_sdk import errors
from molam_sdk._exchange.reply import Reply
from tests.unit.sdk.conversation import html, problem, started, success


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("status", [200, 201, 301, 400, 401, 402, 404, 409, 429, 500, 503])
@pytest.mark.parametrize("echo", ["attempt-2", "ATTEMPT-1", "", "attempt-1, attempt-1"])
def test_another_attempts_answer_is_never_believed(required: bool, status: int, echo: str) -> None:
    conversation = started(require_attempt_id=required, max_retries=0)
    error = conversation.fail(Reply(status, {"molam-attempt-id": echo}, b"{}"), errors.UnexpectedResponseError)
    assert (error.outcome, error.status_code) == ("unknown", status)
    assert "it answers another attempt" in error.message


def test_the_own_echo_is_believed() -> None:
    started(require_attempt_id=True).settle(success(Molam_Attempt_Id="attempt-1"))
    error = started(require_attempt_id=True).fail(
        problem(402, "card_declined", Molam_Attempt_Id="attempt-1"), errors.DeclinedError
    )
    assert error.outcome == "rejected"


def test_an_absent_echo_is_believed_where_it_is_not_required() -> None:
    started(require_attempt_id=False).settle(success())


@pytest.mark.parametrize("reply", [success(200), success(201), problem(402, "card_declined"), problem(401)])
def test_an_absent_echo_is_not_believed_where_it_is_required(reply: Reply) -> None:
    conversation = started(require_attempt_id=True)
    assert conversation.hear(reply).number == 2
    conversation.settle(success(Molam_Attempt_Id="attempt-2"))


@pytest.mark.parametrize(("status", "kind"), [(404, errors.NotFoundError), (413, errors.ValidationError)])
def test_a_proxys_own_error_page_needs_no_echo(status: int, kind: type[errors.ApiError]) -> None:
    started(require_attempt_id=True).fail(html(status), kind)
    assert started(require_attempt_id=True).hear(html(502)).number == 2


def test_disbelieved_answers_are_repeated_with_the_same_key_and_then_reported() -> None:
    conversation = started(max_retries=2)
    for number in (2, 3):
        assert conversation.hear(success(Molam_Attempt_Id="stale", Request_Id="req_7")).number == number
    error = conversation.fail(success(Molam_Attempt_Id="stale", Request_Id="req_7"), errors.UnexpectedResponseError)
    assert (error.attempts, error.idempotency_key, error.request_id, error.object_id) == (3, "order-1", "req_7", None)
    assert "never with a new key" in error.message


def test_the_answer_must_be_about_the_object_that_was_asked_for() -> None:
    conversation = started(object_id="pi_1")
    assert conversation.hear(success(200, id="pi_2")).number == 2
    conversation.settle(success(200, id="pi_1"))


def test_an_answer_about_another_object_is_unknown() -> None:
    error = started(object_id="pi_1", max_retries=0).fail(success(200, id="pi_2"), errors.UnexpectedResponseError)
    assert (error.outcome, error.raw) == ("unknown", b"")  # it may be another payer's
    assert "another object's id" in error.message


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"id": 7}', b'{"id": "pi_1"', b"[]", b""])
def test_an_answer_without_a_readable_id_is_left_to_the_reader(body: bytes) -> None:
    settled = started(object_id="pi_1").settle(Reply(200, {}, body))
    assert settled.reply.body == body


def test_a_refusal_may_be_about_anything() -> None:
    body = b'{"id": "pi_2", "error_type": "payment_error", "code": "card_declined"}'
    reply = Reply(402, {"content-type": "application/problem+json"}, body)
    started(object_id="pi_1").fail(reply, errors.DeclinedError)


def test_a_disbelieved_answer_is_no_sign_of_an_outage_and_a_disbelieved_500_is() -> None:
    conversation = started(max_retries=30, random=0.0)
    for _ in range(12):
        conversation.hear(success(Molam_Attempt_Id="stale"))
    for _ in range(9):
        conversation.hear(Reply(500, {"molam-attempt-id": "stale"}, b""))
    error = conversation.fail(Reply(500, {"molam-attempt-id": "stale"}, b""), errors.UnexpectedResponseError)
    assert error.retry_after == 5.0
