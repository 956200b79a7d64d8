"""The check of the answers' conventions notices each one that is broken."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.contract.fuzzing.conventions import complaint

HEADERS = {
    "content-type": ["application/problem+json"],
    "request-id": ["req_1"],
    "cache-control": ["no-store"],
    "molam-attempt-id": ["at_1"],
}
PROBLEM: dict[str, Any] = {
    **dict.fromkeys(("type", "title", "detail", "instance", "error_type", "code", "param", "errors", "decline_code")),
    **dict.fromkeys(("provider", "provider_code", "retryable", "retry_after", "doc_url", "resource")),
    "status": 404,
    "request_id": "req_1",
}
SENT = {"Molam-Attempt-Id": "at_1"}


def judged(headers: Mapping[str, list[str]] | None = None, **members: Any) -> str | None:
    return complaint(404, {**HEADERS, **(headers or {})}, json.dumps({**PROBLEM, **members}).encode(), SENT)


def test_an_answer_as_it_should_be_is_not_complained_about() -> None:
    assert judged() is None
    assert complaint(200, HEADERS, b"{}", SENT) is None


@pytest.mark.parametrize(
    ("headers", "members", "wrong"),
    [
        ({"content-type": ["application/json"]}, {}, "an error as 'application/json'"),
        ({}, {"status": 400}, "a problem of status 400 as 404"),
        ({}, {"request_id": "req_2"}, "the problem names another request"),
        ({"request-id": []}, {}, "Request-Id is ''"),
        ({"cache-control": ["public"]}, {}, "the answer may be cached"),
        ({"molam-attempt-id": ["at_2"]}, {}, "the attempt 'at_1' is echoed as 'at_2'"),
        ({"molam-attempt-id": []}, {}, "the attempt 'at_1' is echoed as ''"),
    ],
)
def test_a_broken_convention_is_named(headers: dict[str, list[str]], members: dict[str, Any], wrong: str) -> None:
    assert judged(headers, **members) == wrong


def test_a_problem_must_have_every_member() -> None:
    document = {name: value for name, value in PROBLEM.items() if name not in ("code", "param")}
    assert complaint(404, HEADERS, json.dumps(document).encode(), SENT) == "a problem without code, param"
