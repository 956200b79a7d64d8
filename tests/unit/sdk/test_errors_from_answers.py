"""Every 4xx and 5xx becomes the right error, whatever its bytes are."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk import errors
from molam_sdk.errors import api_error

BY_STATUS: dict[int, type[errors.ApiError]] = {
    400: errors.ValidationError,
    401: errors.AuthenticationError,
    402: errors.DeclinedError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    405: errors.ValidationError,
    409: errors.ConflictError,
    410: errors.ApiError,
    413: errors.ValidationError,
    415: errors.ValidationError,
    418: errors.ApiError,
    422: errors.IdempotencyError,
    429: errors.RateLimitError,
    500: errors.ServerError,
    501: errors.ServerError,
    503: errors.ServerError,
    520: errors.ServerError,
    599: errors.ServerError,
    999: errors.ServerError,
}
BODIES = [b"", b"<html>Bad gateway</html>", b'{"code": "car', b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000]


def problem(**members: Any) -> bytes:
    return json.dumps(members).encode()


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:12]))
@pytest.mark.parametrize(("status", "cls"), BY_STATUS.items())
def test_a_body_that_says_nothing_is_classified_by_status_alone(
    status: int, cls: type[errors.ApiError], body: bytes
) -> None:
    error = api_error(status, {}, body)
    assert type(error) is (errors.ApiError if status == 402 else cls), "nobody declined a payment"
    assert error.status_code == status
    assert (error.code, error.payload, error.request_id) == (None, None, None)
    assert error.outcome == "unknown"
    assert "html" not in str(error)


@pytest.mark.parametrize(("status", "cls"), BY_STATUS.items())
def test_an_unknown_code_falls_to_the_class_of_its_status(status: int, cls: type[errors.ApiError]) -> None:
    error = api_error(status, {}, problem(code="invented_yesterday", error_type="idempotency_error"))
    assert type(error) is cls
    assert error.code == "invented_yesterday"


@pytest.mark.parametrize(
    ("status", "error_type", "cls"),
    [
        (422, "idempotency_error", errors.IdempotencyError),
        (422, "validation_error", errors.ValidationError),
        (502, "provider_error", errors.ProviderError),
        (503, "api_error", errors.ServerError),
        (400, "provider_error", errors.ValidationError),
    ],
)
def test_the_error_type_decides_where_a_status_has_two_classes(
    status: int, error_type: str, cls: type[errors.ApiError]
) -> None:
    assert type(api_error(status, {}, problem(error_type=error_type))) is cls


def test_a_whole_problem() -> None:
    members = {
        "type": "https://docs.molam.io/errors/card_declined",
        "title": "The card was declined",
        "status": 402,
        "detail": "The issuer declined the charge.",
        "error_type": "payment_error",
        "code": "card_declined",
        "param": "payment_method",
        "errors": [{"pointer": "/payment_method", "code": "declined", "detail": "declined"}],
        "request_id": "req_9f2",
        "decline_code": "insufficient_funds",
        "provider": "cpay",
        "provider_code": "51",
        "retryable": False,
        "retry_after": 2,
        "doc_url": "https://docs.molam.io/errors/card_declined",
        "resource": {"object": "payment_intent", "id": "pi_1", "status": "requires_payment_method"},
        "future_member": True,
    }
    error = api_error(402, {"request-id": "req_other"}, problem(**members), idempotency_key="order-1", attempts=2)
    assert isinstance(error, errors.DeclinedError)
    assert error.payload == members
    assert (error.code, error.decline_code, error.param) == ("card_declined", "insufficient_funds", "payment_method")
    assert (error.provider, error.provider_code, error.retryable) == ("cpay", "51", False)
    assert (error.request_id, error.idempotency_key, error.attempts) == ("req_9f2", "order-1", 2)
    assert (error.retry_after, error.outcome) == (2.0, "rejected")
    assert error.errors[0].pointer == "/payment_method"
    assert error.resource is not None
    assert error.resource.id == "pi_1"
    assert str(error) == "402 card_declined (req_9f2): The issuer declined the charge; ask for another payment method"


def test_the_message_names_what_happened_to_which_request_and_what_to_do() -> None:
    error = api_error(402, {"request-id": "req_9f2"}, problem(code="card_declined"))
    assert str(error) == "402 card_declined (req_9f2): ask for another payment method"
    assert str(api_error(418, {}, b"")) == "418 (no request id): correct the request before calling again"
    assert "same idempotency key" in str(api_error(502, {}, b""))


def test_an_answer_without_request_id_can_be_traced_by_its_attempt() -> None:
    assert api_error(502, {}, b"<html>", attempt_id="att_1").request_id == "att_1"
    assert api_error(502, {"request-id": "req_1"}, b"<html>", attempt_id="att_1").request_id == "req_1"
    assert api_error(502, {"request-id": "a b\r\nc"}, b"", attempt_id="att_1").request_id == "att_1"


def test_the_header_decides_retry_after_and_the_problem_stands_in() -> None:
    assert api_error(429, {}, problem(retry_after=9), retry_after=3.0).retry_after == 3.0
    assert api_error(429, {}, problem(retry_after=9)).retry_after == 9.0
    assert api_error(429, {}, problem(), retry_after=0.0).retry_after == 0.0


@pytest.mark.parametrize("value", [True, "3", -1, float("nan"), float("inf"), 1e300, None, [3]])
def test_a_waiting_time_that_is_none_is_ignored(value: object) -> None:
    assert api_error(429, {}, problem(retry_after=value)).retry_after is None


def test_outcome_of_an_answer_alone() -> None:
    conflict = {"error_type": "conflict_error"}
    assert api_error(409, {}, problem(code="idempotency_in_flight", **conflict)).outcome == "unknown"
    assert api_error(409, {}, problem(code="invalid_state", **conflict)).outcome == "rejected"
    assert api_error(409, {}, problem(code="invalid_state")).outcome == "unknown"
    assert api_error(401, {}, b"", outcome="unknown").outcome == "unknown"


def test_members_of_a_wrong_type_are_ignored() -> None:
    names = ("code", "param", "request_id", "decline_code", "provider", "provider_code", "doc_url", "detail")
    body = problem(**dict.fromkeys(names, 7), errors={"a": 1}, resource="pi_1", retryable="yes", error_type=[])
    error = api_error(400, {}, body)
    assert type(error) is errors.ValidationError
    assert (error.code, error.param, error.request_id, error.decline_code) == (None, None, None, None)
    assert (error.provider, error.provider_code, error.doc_url) == (None, None, None)
    assert (error.errors, error.resource, error.retryable) == ((), None, None)
    assert api_error(400, {}, problem(errors=[{"code": "a"}, "b", None])).errors == ({"code": "a"},)


def test_what_the_server_says_is_shown_in_one_line_without_secrets() -> None:
    detail = "key sk_live_abcdef is not valid\r\nfor +254712345678, " + "x" * 2000
    message = str(api_error(401, {}, problem(code="api_key\n_invalid", detail=detail)))
    assert "sk_live_abcdef" not in message
    assert "254712345678" not in message
    assert "sk_live_***" in message
    assert "\n" not in message
    assert len(message) < 1000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["code", "detail", "errors", "request_id", "resource", "retry_after", "retryable", "param", "error_type"]
)


@given(
    status=st.integers(min_value=400, max_value=1000),
    headers=st.dictionaries(st.just("request-id"), st.text()),
    body=st.binary() | st.dictionaries(MEMBERS, JSON).map(lambda value: json.dumps(value).encode()),
)
def test_any_answer_becomes_an_error_that_can_be_printed(status: int, headers: dict[str, str], body: bytes) -> None:
    error = api_error(status, headers, body)
    assert type(error) is type(api_error(status, {}, body))
    assert error.status_code == status
    assert str(error).isprintable()
    assert error.request_id is None or error.request_id.isascii()
