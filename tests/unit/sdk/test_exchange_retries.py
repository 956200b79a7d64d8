"""Which outcomes are repeated, how often, with what key and after what wait."""

from __future__ import annotations

import pytest

from molam_sdk import errors
from molam_sdk._exchange.reply import Lost, Reply
from tests.unit.sdk.conversation import (
    CONNECT_TIMEOUT,
    REFUSED,
    SILENT,
    TORN,
    UNRESOLVED,
    UNSENDABLE,
    Conversation,
    html,
    problem,
    started,
    success,
)

REPEATED = {408, 425, 429, 500, 502, 503, 504, *range(520, 530)}


@pytest.mark.parametrize("status", [*range(400, 600), 600, 999])
def test_the_status_alone_decides(status: int) -> None:
    conversation = started(max_retries=1)
    if status in REPEATED:
        assert conversation.hear(html(status)).number == 2
    else:
        with pytest.raises(errors.ApiError) as caught:
            conversation.hear(html(status))
        assert caught.value.attempts == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "amount_invalid", errors.ValidationError),
        (401, "api_key_invalid", errors.AuthenticationError),
        (402, "card_declined", errors.DeclinedError),
        (403, "scope_missing", errors.PermissionDeniedError),
        (404, "resource_missing", errors.NotFoundError),
        (405, "method_not_allowed", errors.ValidationError),
        (409, "invalid_state", errors.ConflictError),
        (413, "body_too_large", errors.ValidationError),
        (415, "unsupported_media_type", errors.ValidationError),
        (418, None, errors.ApiError),
        (422, "idempotency_key_reused", errors.IdempotencyError),
        (501, None, errors.ServerError),
        (505, None, errors.ServerError),
        (599, None, errors.ServerError),
    ],
)
def test_what_is_not_repeated_fails_as_its_own_class(
    status: int, code: str | None, kind: type[errors.ApiError]
) -> None:
    error = started().fail(problem(status, code, Request_Id="req_1"), kind)
    assert (error.status_code, error.code, error.request_id) == (status, code, "req_1")
    assert (error.attempts, error.idempotency_key) == (1, "order-1")


@pytest.mark.parametrize("lost", [REFUSED, UNRESOLVED, TORN, SILENT, CONNECT_TIMEOUT], ids=lambda lost: lost.phase)
def test_a_lost_attempt_is_repeated(lost: Lost) -> None:
    conversation = started()
    assert conversation.hear(lost).number == 2
    assert conversation.settle(success()).attempts == 2


def test_a_request_that_cannot_be_sent_is_not_repeated() -> None:
    error = started().fail(UNSENDABLE, errors.NetworkError)
    assert (error.outcome, error.attempts, error.cause_type) == ("not_sent", 1, "LocalProtocolError")
    assert "could not be sent (LocalProtocolError)" in error.message


@pytest.mark.parametrize("max_retries", [0, 1, 3, 7])
def test_there_are_as_many_attempts_as_allowed(max_retries: int) -> None:
    conversation = started(max_retries=max_retries)
    for number in range(2, max_retries + 2):
        assert conversation.hear(html(503)).number == number
    assert conversation.fail(html(503), errors.ServerError).attempts == max_retries + 1


def test_every_attempt_has_an_id_of_its_own() -> None:
    conversation = started()
    ids = [conversation.attempt.id, *(conversation.hear(TORN).id for _ in range(3))]
    assert ids == ["attempt-1", "attempt-2", "attempt-3", "attempt-4"]


@pytest.mark.parametrize("status", [400, 404, 409, 422, 501, 505])
def test_the_server_may_ask_for_a_repetition(status: int) -> None:
    assert started().hear(html(status, Molam_Should_Retry="true")).number == 2


@pytest.mark.parametrize("status", sorted(REPEATED))
def test_the_server_may_forbid_a_repetition(status: int) -> None:
    with pytest.raises(errors.ApiError):
        started().hear(html(status, Molam_Should_Retry="false"))


@pytest.mark.parametrize("word", ["", "TRUE", "1", "maybe"])
def test_other_words_of_the_server_change_nothing(word: str) -> None:
    assert started().hear(html(500, Molam_Should_Retry=word)).number == 2
    started().fail(html(400, Molam_Should_Retry=word), errors.ValidationError)


def test_the_waits_double_up_to_a_cap() -> None:
    conversation = started(max_retries=8, deadline=600)
    waits = [conversation.hear(html(500)).delay for _ in range(8)]
    assert waits == pytest.approx([0.3, 0.6, 1.2, 2.4, 4.8, 8.0, 8.0, 8.0])


@pytest.mark.parametrize("random", [0.0, 0.25, 1.0])
def test_the_whole_wait_is_jittered(random: float) -> None:
    conversation = started(random=random)
    assert conversation.hear(html(500)).delay == pytest.approx(random * 0.3)
    assert conversation.hear(html(500)).delay == pytest.approx(random * 0.6)


def test_the_first_attempt_is_sent_at_once() -> None:
    attempt = Conversation().begin()
    assert (attempt.number, attempt.delay, attempt.remaining, attempt.deadline_at) == (1, 0.0, 60.0, 1060.0)


def test_what_remains_is_counted_from_the_end_of_the_wait() -> None:
    conversation = started()
    attempt = conversation.hear(html(500, Retry_After="5"), after=10)
    assert (attempt.delay, attempt.remaining, attempt.deadline_at) == (5.0, 45.0, 1060.0)


@pytest.mark.parametrize("status", [200, 201, 202, 206, 299])
def test_a_believed_success_ends_the_call(status: int) -> None:
    conversation = started()
    settled = conversation.settle(success(status))
    assert (settled.reply.status, settled.attempts) == (status, 1)


def test_a_success_after_the_deadline_still_counts() -> None:
    assert started(deadline=5).settle(success(), after=30).attempts == 1


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308, 399])
def test_a_redirect_is_neither_followed_nor_repeated(status: int) -> None:
    error = started().fail(Reply(status, {"location": "https://evil.example"}, b"x"), errors.UnexpectedResponseError)
    assert (error.status_code, error.outcome, error.raw, error.attempts) == (status, "unknown", b"x", 1)
    assert "redirects are never followed" in error.message


def test_a_write_without_a_key_is_repeated_only_while_nothing_was_sent() -> None:
    conversation = started(key=None, mutating=True)
    assert conversation.hear(REFUSED).number == 2
    error = conversation.fail(TORN, errors.NetworkError)
    assert (error.outcome, error.attempts, error.idempotency_key) == ("unknown", 2, None)
    assert "look before you call it again" in error.message


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_write_without_a_key_is_not_repeated_after_an_answer(status: int) -> None:
    with pytest.raises(errors.ApiError) as caught:
        started(key=None, mutating=True).hear(html(status))
    assert caught.value.attempts == 1
