"""What both clients make of an answer: the object, or an error that says what is known."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import h11
import httpx
import pytest

from molam_api.models import PaymentIntent
from molam_sdk import errors
from tests.unit.sdk.scripted import Script, answered, driving, refused
from tests.unit.sdk.spec_examples import example_answer, example_intent

INTENT = example_intent()["id"]


def test_a_decline_names_its_intent(kind: str) -> None:
    resource = {"object": "payment_intent", "id": INTENT, "status": "requires_payment_method"}
    body = {"decline_code": "generic_decline", "resource": resource, "request_id": "req_9"}
    with driving(kind, Script(refused(402, "card_declined", body=body))) as driver:
        error = driver.fail(
            errors.DeclinedError, confirm=True, payment_method="pm_cpay_declined", idempotency_key="order-1"
        )
    assert error.resource is not None
    assert (error.resource.id, error.decline_code, error.request_id) == (INTENT, "generic_decline", "req_9")
    assert (error.idempotency_key, error.attempts, error.outcome) == ("order-1", 1, "rejected")


def test_an_error_without_a_request_id_has_the_attempts(kind: str) -> None:
    script = Script(httpx.Response(401, text="<html>"))
    with driving(kind, script) as driver:
        error = driver.fail(errors.AuthenticationError)
    assert error.request_id == script.requests[0].headers["Molam-Attempt-Id"]


@pytest.mark.parametrize("body", [b"<html>from a proxy</html>", b'{"title": "torn', b"[]", b"", b"\xff\xfe", b'"x"'])
@pytest.mark.parametrize(
    ("status", "kind_of_error"),
    [
        (402, errors.ApiError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (418, errors.ApiError),
        (501, errors.ServerError),
        (502, errors.ServerError),
        (520, errors.ServerError),
        (599, errors.ServerError),
    ],
)
def test_a_refusal_that_is_no_problem_document_is_told_by_its_status_and_says_nothing_of_the_payment(
    kind: str, status: int, kind_of_error: type[errors.ApiError], body: bytes
) -> None:
    with driving(kind, Script(httpx.Response(status, content=body)), max_retries=0) as driver:
        error = driver.fail(kind_of_error)
    assert (type(error), error.status_code, error.code, error.outcome) == (kind_of_error, status, None, "unknown")
    assert "never with a new key" in str(error)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 451, 499])
@pytest.mark.parametrize("body", [b"blocked", b"{}", b'{"code": "blocked"}', b'{"error_type": "payment_error"}'])
def test_a_refusal_that_must_name_its_attempt_and_does_not_says_nothing_of_the_payment(
    kind: str, status: int, body: bytes
) -> None:
    script = Script(httpx.Response(status, content=body), echo=False)
    with driving(kind, script, max_retries=0, require_attempt_id=True) as driver:
        assert driver.fail(errors.MolamError).outcome == "unknown"
        assert "may be called again" in str(driver.fail(errors.MolamError, "payment_intents.retrieve", INTENT))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(kind: str, status: int) -> None:
    script = Script(httpx.Response(status, headers={"Location": "http://127.0.0.1:1/elsewhere"}))
    with driving(kind, script) as driver:
        error = driver.fail(errors.UnexpectedResponseError)
    assert (error.status_code, error.outcome, len(script.requests)) == (status, "unknown", 1)


def test_no_foreign_exception_is_behind_an_error(kind: str) -> None:
    with driving(kind, Script(httpx.ReadError("torn")), max_retries=0) as driver:
        error = driver.fail(errors.NetworkError)
    assert (error.cause_type, error.__cause__, error.__suppress_context__) == ("ReadError", None, True)


@pytest.mark.parametrize(
    ("failure", "phase", "kind_of_error", "outcome"),
    [
        (httpx.ConnectError("no"), "connect", errors.NetworkError, "not_sent"),
        (httpx.ConnectTimeout("no"), "connect", errors.TimeoutError, "not_sent"),
        (httpx.PoolTimeout("no"), "connect", errors.TimeoutError, "not_sent"),
        (httpx.ProxyError("no"), "connect", errors.NetworkError, "not_sent"),
        (httpx.WriteError("no"), "write", errors.NetworkError, "unknown"),
        (httpx.WriteTimeout("no"), "write", errors.TimeoutError, "unknown"),
        (httpx.ReadTimeout("no"), "headers", errors.TimeoutError, "unknown"),
        (httpx.ReadError("no"), "headers", errors.NetworkError, "unknown"),
        (httpx.RemoteProtocolError("no"), "headers", errors.NetworkError, "unknown"),
        (httpx.CloseError("no"), "headers", errors.NetworkError, "unknown"),
        (httpx.UnsupportedProtocol("no"), "connect", errors.NetworkError, "not_sent"),
        (httpx.LocalProtocolError("the answer is at fault"), "headers", errors.NetworkError, "unknown"),
        (RuntimeError("a bug"), "headers", errors.NetworkError, "unknown"),
        (h11.RemoteProtocolError("not translated"), "headers", errors.NetworkError, "unknown"),
        (ConnectionResetError("no"), "headers", errors.NetworkError, "unknown"),
        (TimeoutError("no"), "headers", errors.TimeoutError, "unknown"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_how_far_a_lost_attempt_came(
    kind: str, failure: Exception, phase: str, kind_of_error: type[errors.NetworkError], outcome: str
) -> None:
    with driving(kind, Script(failure), max_retries=0) as driver:
        error = driver.fail(kind_of_error, idempotency_key="order-1")
    assert (type(error), error.phase, error.outcome) == (kind_of_error, phase, outcome)
    assert (error.idempotency_key, error.attempts, error.cause_type) == ("order-1", 1, type(failure).__name__)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b'"pi"', b'{"id": "pi_9"', b'{"id": "pi_9"}', b'{"id": "pi_9", "amount": []}'],
)
def test_an_unreadable_success_is_never_repeated(kind: str, body: bytes) -> None:
    script = Script(httpx.Response(201, content=body, headers={"Request-Id": "req_1"}))
    with driving(kind, script) as driver:
        error = driver.fail(errors.UnexpectedResponseError, idempotency_key="order-1")
    assert (error.outcome, error.raw, error.status_code, error.request_id) == ("unknown", body, 201, "req_1")
    assert (error.idempotency_key, error.attempts, len(script.requests)) == ("order-1", 1, 1)
    assert error.object_id == ("pi_9" if body.endswith(b"}") else None)
    assert "the server accepted it: do not create another" in error.message


@pytest.mark.parametrize(
    "member", ["created_at", "amount", "status", "metadata", "next_action", "payment_method_types"]
)
@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [[]], {"a": {}}, 1e400, "0000-99-99", True])
def test_members_of_the_wrong_type_never_raise_anything_foreign(kind: str, member: str, value: Any) -> None:
    content = json.dumps(example_intent(**{member: value})).encode()
    script = Script(httpx.Response(201, content=content))
    with driving(kind, script) as driver, contextlib.suppress(errors.UnexpectedResponseError):
        assert driver.create().id == INTENT


@pytest.mark.parametrize("member", ["id", "type", "data", "request", "created_at", "livemode"])
@pytest.mark.parametrize("value", [None, 7, "x", [], {}, {"object": None}, {"object": {}, "previous_attributes": []}])
@pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")
def test_members_of_an_event_never_raise_anything_foreign(kind: str, member: str, value: Any) -> None:
    body = example_answer("retrieve_event")[1]
    script = Script(httpx.Response(200, json=body | {member: value}))
    with driving(kind, script, max_retries=0) as driver, contextlib.suppress(errors.UnexpectedResponseError):
        assert driver.call("events.retrieve", body["id"]).object_ == "event"


def test_the_object_of_an_event_is_typed(kind: str) -> None:
    body = example_answer("retrieve_event")[1]
    with driving(kind, Script(httpx.Response(200, json=body))) as driver:
        event = driver.call("events.retrieve", body["id"])
    assert type(event.data.object_) is PaymentIntent
    assert event.to_dict()["data"]["object"]["id"] == body["data"]["object"]["id"]


def test_an_unreadable_answer_to_a_read_says_nothing_of_creating(kind: str) -> None:
    with driving(kind, Script(httpx.Response(200, content=b"<html>"))) as driver:
        error = driver.fail(errors.UnexpectedResponseError, "payment_intents.retrieve", INTENT)
    assert error.idempotency_key is None
    assert "a proxy or a newer API" in error.message


def test_any_2xx_is_read_like_the_documented_one(kind: str) -> None:
    for status in (200, 201, 202, 206, 299):
        with driving(kind, Script(answered(status))) as driver:
            assert driver.create().id == INTENT


def test_unknown_fields_and_words_are_kept(kind: str) -> None:
    body = example_intent(status="quantum", newly_added={"a": [1]}, capture_method="by_pigeon")
    with driving(kind, Script(answered(201, body))) as driver:
        intent = driver.create()
    assert (intent.status, intent.capture_method) == ("quantum", "by_pigeon")
    assert intent.to_dict()["newly_added"] == {"a": [1]}


def test_another_objects_answer_is_repeated_and_never_handed_out(kind: str) -> None:
    foreign = answered(200, example_intent(id="pi_foreign"))
    script = Script(foreign, foreign, answered(200, example_intent(id="pi_mine")))
    with driving(kind, script) as driver:
        assert driver.call("payment_intents.retrieve", "pi_mine").id == "pi_mine"
    assert len(script.requests) == 3


def test_another_attempts_answer_is_never_handed_out(kind: str) -> None:
    script = Script(answered(201, example_intent(id="pi_foreign"), Molam_Attempt_Id="stale"))
    with driving(kind, script) as driver:
        error = driver.fail(errors.UnexpectedResponseError)
    assert (error.outcome, error.attempts) == ("unknown", 4)


def test_an_echo_is_required_of_our_own_hosts_only(kind: str) -> None:
    for base, required in (
        ({"api_base": "https://pay.example.com"}, False),
        ({"api_base": ..., "environment": "local"}, True),
    ):
        script = Script(answered(), echo=False)
        with driving(kind, script, max_retries=0, **base) as driver:
            if not required:
                driver.create()
                continue
            with pytest.raises(errors.UnexpectedResponseError):
                driver.create()


@pytest.mark.parametrize("amount", ["2500", 25.0, None, True])
def test_an_amount_that_is_no_int_never_reaches_the_caller(kind: str, amount: object) -> None:
    with driving(kind, Script(answered(201, example_intent(amount=amount)))) as driver:
        error = driver.fail(errors.UnexpectedResponseError)
    assert (error.outcome, error.object_id, error.attempts) == ("unknown", INTENT, 1)
    assert "amount is no whole number" in error.message
