"""What an application answers when a call of Molam failed: a problem document (RFC 9457) that shows no internals."""

from __future__ import annotations

import json
import logging
import math
import re
from typing import NamedTuple

from .. import errors

_log = logging.getLogger("molam_sdk.contrib")
_WORD = re.compile(r"[A-Za-z0-9_.\[\]-]{1,100}").fullmatch


class _Answer(NamedTuple):
    status: int
    title: str
    detail: str


_ANSWERS: tuple[tuple[type[errors.MolamError], _Answer], ...] = (
    (errors.DeclinedError, _Answer(402, "Payment declined", "Use another payment method.")),
    (errors.ValidationError, _Answer(400, "Invalid payment request", "Correct the request.")),
    (errors.NotFoundError, _Answer(404, "Not found", "There is no such object.")),
    (errors.ConflictError, _Answer(409, "Conflict", "The state of the object does not allow this.")),
    (errors.RateLimitError, _Answer(503, "Payments are busy", "Try again later.")),
    (errors.CircuitOpenError, _Answer(503, "Payments are not available", "Try again later.")),
    (errors.StorageError, _Answer(503, "Payments are not available", "Try again later.")),
    (errors.TimeoutError, _Answer(504, "Payments do not answer", "Repeat the same request later.")),
    (errors.NetworkError, _Answer(502, "Payments cannot be reached", "Repeat the same request later.")),
    (errors.ServerError, _Answer(502, "Payments fail", "Repeat the same request later.")),
    (errors.ProviderError, _Answer(502, "The payment provider fails", "Repeat the same request later.")),
    (errors.UnexpectedResponseError, _Answer(502, "Payments fail", "Repeat the same request later.")),
)
_OURS = _Answer(500, "Internal error", "The payment could not be requested.")
"""Keys, scopes, options, idempotency keys: the application's own affair."""


class Problem(NamedTuple):
    """An answer: its status, headers and bytes."""

    status: int
    headers: dict[str, str]
    body: bytes


def problem_of(error: errors.MolamError) -> Problem:
    """Return the answer for an error, and write those that are not the customer's affair to the log.

    The document has `type`, `title`, `status`, `detail`, `outcome` (whether money may have moved), and where there are
    any `code`, `decline_code`, `param` and Molam's `request_id`: no text of the server, no key and no header.
    """
    answer = next((answer for kind, answer in _ANSWERS if isinstance(error, kind)), _OURS)
    document: dict[str, object] = {
        "type": "about:blank",
        "title": answer.title,
        "status": answer.status,
        "detail": answer.detail,
        "outcome": error.outcome,
    }
    for name in ("request_id",) if answer is _OURS else ("code", "decline_code", "param", "request_id"):
        value: object = getattr(error, name, None)
        if isinstance(value, str) and _WORD(value):
            document[name] = value
    headers = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    if error.retry_after is not None and math.isfinite(error.retry_after):
        headers["Retry-After"] = str(max(math.ceil(error.retry_after), 0))
    if answer.status >= 500:
        _log.error("answered %d: %s", answer.status, error, exc_info=error)
    return Problem(answer.status, headers, json.dumps(document).encode())
