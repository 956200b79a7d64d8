"""What every answer of the gateway promises, documented status or not."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

_REQUEST_ID = re.compile(r"req_[0-9A-Za-z]+", re.ASCII)
_ATTEMPT_ID = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_PROBLEM_MEMBERS = frozenset(
    {
        *("type", "title", "status", "detail", "instance", "error_type", "code", "param", "errors", "request_id"),
        *("decline_code", "provider", "provider_code", "retryable", "retry_after", "doc_url", "resource"),
    }
)


def complaint(
    status: int, headers: Mapping[str, Sequence[str]], content: bytes, sent: Mapping[str, str | bytes]
) -> str | None:
    """What is wrong with an answer, None if nothing is."""
    problem = _problem(status, headers, content)
    if isinstance(problem, str):
        return problem
    if problem is not None and problem.get("code") == "malformed_http":
        return None
    request_id = _one(headers, "request-id")
    if not _REQUEST_ID.fullmatch(request_id):
        return f"Request-Id is {request_id!r}"
    if problem is not None and problem["request_id"] != request_id:
        return "the problem names another request"
    if _one(headers, "cache-control") != "no-store":
        return "the answer may be cached"
    attempt_id = sent.get("Molam-Attempt-Id", "")
    attempt_id = attempt_id if isinstance(attempt_id, str) else attempt_id.decode("latin-1")
    expected = attempt_id if _ATTEMPT_ID.fullmatch(attempt_id) else ""
    if _one(headers, "molam-attempt-id") != expected:
        return f"the attempt {attempt_id!r} is echoed as {_one(headers, 'molam-attempt-id')!r}"
    return None


def _problem(status: int, headers: Mapping[str, Sequence[str]], content: bytes) -> dict[str, Any] | str | None:
    if status < 400:
        return None
    if _one(headers, "content-type") != "application/problem+json":
        return f"an error as {_one(headers, 'content-type')!r}"
    document = json.loads(content)
    if not isinstance(document, dict):
        return "a problem that is no object"
    problem = cast(dict[str, Any], document)
    if problem.get("status") != status:
        return f"a problem of status {problem.get('status')} as {status}"
    missing = _PROBLEM_MEMBERS - problem.keys()
    if missing and problem.get("code") != "malformed_http":
        return f"a problem without {', '.join(sorted(missing))}"
    return problem


def _one(headers: Mapping[str, Sequence[str]], name: str) -> str:
    return ", ".join(headers.get(name, ()))
