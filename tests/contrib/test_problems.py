"""Which answer each error of the SDK becomes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from molam_sdk import errors
from molam_sdk.contrib._problems import problem_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.DeclinedError("x"), 402),
        (errors.ValidationError("x"), 400),
        (errors.NotFoundError("x"), 404),
        (errors.ConflictError("x"), 409),
        (errors.RateLimitError("x"), 503),
        (errors.CircuitOpenError("x"), 503),
        (errors.StorageError("x"), 503),
        (errors.TimeoutError("x"), 504),
        (errors.NetworkError("x"), 502),
        (errors.ServerError("x"), 502),
        (errors.ProviderError("x"), 502),
        (errors.UnexpectedResponseError("x"), 502),
        (errors.AuthenticationError("x"), 500),
        (errors.PermissionDeniedError("x"), 500),
        (errors.IdempotencyError("x"), 500),
        (errors.ConfigurationError("x"), 500),
        (errors.SignatureError("x", reason="mismatch"), 500),
        (errors.MolamError("x"), 500),
    ],
)
def test_the_status_says_whose_affair_it_is(error: errors.MolamError, status: int) -> None:
    problem = problem_of(error)
    assert (problem.status, json.loads(problem.body)["status"]) == (status, status)


def test_nothing_is_told_that_is_no_word_and_the_wait_in_whole_seconds() -> None:
    error = errors.RateLimitError(
        "the key sk_test_shown", code="a sentence of a proxy", request_id="req_1", retry_after=1.2, payload={"a": "b"}
    )
    problem = problem_of(error)
    told: dict[str, Any] = json.loads(problem.body)
    assert problem.headers["Retry-After"] == "2"
    assert (told["request_id"], "code" in told) == ("req_1", False)
    assert b"sk_test" not in problem.body
