"""Answers that are not what the API promises: the right error, never an invitation to pay twice."""

from __future__ import annotations

import json

import pytest

from molam_sdk import errors
from tests.faults.actions import Action, Answer, Flood, gzip_bomb, html_page, json_answer, redirect
from tests.faults.driver import Connect
from tests.faults.payloads import INTENT_ID, payment_intent, retrieved
from tests.faults.server import FaultServer


def without(member: str) -> Answer:
    document = payment_intent()
    del document[member]
    return json_answer(document, 201)


def as_json(body: bytes) -> Answer:
    return Answer(201, body)


UNREADABLE: list[tuple[Answer, str | None]] = [
    (as_json(b""), None),
    (as_json(b"{"), None),
    (as_json(json.dumps(payment_intent()).encode()[:-20]), None),
    (as_json(b"[]"), None),
    (as_json(b'"pi_1"'), None),
    (as_json(b"null"), None),
    (as_json(b"\xff\xfe\x00"), None),
    (as_json(b"[" * 100_000), None),
    (as_json(b"{}"), None),
    (Answer(201, html_page().body, {"Content-Type": "text/html"}), None),
    (Answer(204, b""), None),
    (without("amount"), INTENT_ID),
    (without("id"), None),
    (json_answer(payment_intent(created_at=5), 201), INTENT_ID),
    (json_answer(payment_intent(created_at="yesterday"), 201), INTENT_ID),
    (json_answer(payment_intent(metadata=[1]), 201), INTENT_ID),
    (json_answer(payment_intent(next_action="none"), 201), INTENT_ID),
]


@pytest.mark.parametrize(("answer", "object_id"), UNREADABLE, ids=lambda value: repr(value)[:60])
def test_an_accepted_payment_that_cannot_be_read_is_never_repeated(
    connect: Connect, server: FaultServer, answer: Answer, object_id: str | None
) -> None:
    server.then(answer)
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        connect(server).create(idempotency_key="order-1")
    raised = caught.value
    assert len(server.requests) == raised.attempts == 1
    assert (raised.outcome, raised.status_code, raised.idempotency_key) == ("unknown", answer.status, "order-1")
    assert raised.raw == answer.body
    assert raised.object_id == object_id
    assert raised.__cause__ is None
    assert "accepted" in raised.message
    assert "another" in raised.message
    assert not isinstance(raised, errors.NetworkError | errors.ApiError)


@pytest.mark.parametrize("answer", [as_json(b"{"), as_json(b"[]"), without("amount")], ids=lambda a: repr(a)[:40])
def test_a_read_that_cannot_be_read_raises_the_same(connect: Connect, server: FaultServer, answer: Answer) -> None:
    server.then(answer)
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        connect(server).retrieve(INTENT_ID)
    assert caught.value.raw == answer.body
    assert caught.value.idempotency_key is None
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [Answer(201, b'{"a":"' + b"0" * 3_000_000 + b'"}'), gzip_bomb(3_000_000), Flood(200)],
    ids=["long", "bomb", "flood"],
)
def test_an_answer_larger_than_the_limit_is_not_read_to_its_end(
    connect: Connect, server: FaultServer, fault: Action
) -> None:
    server.then(fault)
    driver = connect(server, max_response_bytes=1_000_000)
    with pytest.raises(errors.UnexpectedResponseError) as caught:
        driver.create(idempotency_key="order-1")
    assert len(caught.value.raw) <= 1_000_000
    assert (caught.value.outcome, caught.value.idempotency_key) == ("unknown", "order-1")
    assert len(server.requests) == 1
    server.then(retrieved())
    assert driver.retrieve(INTENT_ID).id == INTENT_ID


def test_a_limit_is_kept_for_errors_too(connect: Connect, server: FaultServer) -> None:
    server.then(Answer(400, b"0" * 3_000_000))
    with pytest.raises(errors.ValidationError) as caught:
        connect(server, max_response_bytes=1_000_000).create()
    assert caught.value.status_code == 400


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_redirect_is_never_followed(connect: Connect, server: FaultServer, status: int) -> None:
    with FaultServer() as elsewhere:
        server.then(redirect(f"{elsewhere.url}/v1/connect/payment_intents", status))
        with pytest.raises(errors.UnexpectedResponseError) as caught:
            connect(server).create(idempotency_key="order-1")
        assert elsewhere.requests == []
    assert len(server.requests) == 1
    assert (caught.value.status_code, caught.value.outcome) == (status, "unknown")
    assert caught.value.idempotency_key == "order-1"


def test_an_answer_shorter_than_what_was_sent_ends_where_it_says(connect: Connect, server: FaultServer) -> None:
    whole = json.dumps(payment_intent()).encode()
    server.then(Answer(201, whole + b" and more", content_length=len(whole)))
    server.otherwise = retrieved()
    driver = connect(server)
    assert driver.create().id == INTENT_ID
    assert driver.retrieve(INTENT_ID).id == INTENT_ID


def test_html_with_an_error_status_is_an_api_error_with_a_request_id(connect: Connect, server: FaultServer) -> None:
    server.otherwise = html_page(520)
    with pytest.raises(errors.ServerError) as caught:
        connect(server).create()
    assert (caught.value.status_code, caught.value.payload, caught.value.attempts) == (520, None, 4)
    assert caught.value.request_id == server.requests[-1].attempt_id
