"""Which answers are worth repeating and how long to wait before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._problem import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .reply import Reply

RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 530)})
BACKOFF_CAP = 8.0
MAX_RETRY_AFTER = 86_400.0

_IN_FLIGHT = "idempotency_in_flight"
_PROBLEM = "application/problem+json"
_EXPIRED = "idempotency_key_expired"
_SETTLING = {
    402: ("payment_error", None),
    404: ("not_found_error", frozenset({"resource_missing"})),
    409: (
        "conflict_error",
        frozenset({"invalid_state", "refund_exceeds_captured", "already_refunded", "balance_insufficient"}),
    ),
}
"""The refusals that the contract stores: the error_type of each status, and its codes where not all are stored."""


def is_in_flight(reply: Reply) -> bool:
    """Whether the same key is still being worked on: to be waited out, not retried."""
    return reply.status == 409 and _code(reply) == _IN_FLIGHT


def may_repeat(reply: Reply) -> bool:
    """Whether the server does not forbid to repeat the request."""
    return reply.headers.get("molam-should-retry") != "false"


def is_of_the_api(reply: Reply, *, echoed: bool) -> bool:
    """Whether this refusal is a problem document of the API; `echoed` if it has to name the attempt that it answers.

    Whatever stands in front of it (a proxy, a firewall) refuses too, some of them after they let the request through,
    and knows nothing of what became of it.
    """
    if (echoed and "molam-attempt-id" not in reply.headers) or not _is_problem(reply):
        return False
    return text((reply.document or {}).get("error_type")) is not None


def is_settling(reply: Reply) -> bool:
    """Whether this refusal is the stored answer to the key, so that nothing stays in doubt.

    Only a problem document of the gateway counts: whatever stands in front of it (a proxy, a firewall) answers 402, 404
    and 409 too, and knows nothing of the key. A code that this SDK does not know settles nothing.
    """
    if reply.status not in _SETTLING or not _is_problem(reply):
        return False
    return is_stored(reply.status, reply.document)


def is_stored(status: int | None, problem: Mapping[str, Any] | None) -> bool:
    """Whether the contract stores this refusal under its key: the key will always be answered so."""
    stored = _SETTLING.get(status or 0)
    if stored is None or problem is None:
        return False
    error_type, codes = stored
    return problem.get("error_type") == error_type and (codes is None or problem.get("code") in codes)


def is_spent(reply: Reply) -> bool:
    """Whether the key made an object long ago: what it asked for may have been done, and is not done again."""
    return reply.status == 409 and _code(reply) == _EXPIRED


def is_retryable(reply: Reply) -> bool:
    """Whether the same request may be repeated after this answer; the server may overrule."""
    if reply.headers.get("molam-should-retry") == "true":
        return True
    return reply.status in RETRYABLE and may_repeat(reply)


def backoff(retry: int, factor: float, random: Callable[[], float]) -> float:
    """Return the wait in seconds before the given retry (1, 2, ...): exponential, full jitter."""
    return random() * min(BACKOFF_CAP, factor * 2.0 ** min(retry - 1, 16))


def retry_after(reply: Reply) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110 section 10.2.3), None if unreadable.

    Accepts delta-seconds (fractions too), an HTTP-date, and the ISO 8601 times that some proxies
    write. A date is measured against the answer's own Date header, so that a wrong local clock
    does not matter; without one against the local clock.
    """
    value = reply.headers.get("retry-after")
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.replace(".", "", 1).isdigit():
        wait = float(value)
        return min(wait, MAX_RETRY_AFTER)
    return _until(value, reply.headers.get("date"))


def _until(value: str, date: str | None) -> float | None:
    from datetime import UTC, datetime

    then = _http_date(value) or _iso_date(value)
    if then is None:
        return None
    now = (_http_date(date) if date else None) or datetime.now(UTC)
    return min(max(0.0, (then - now).total_seconds()), MAX_RETRY_AFTER)


def _http_date(value: str) -> datetime | None:
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _iso_date(value: str) -> datetime | None:
    from dateutil.parser import isoparse

    try:
        parsed = isoparse(value)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.tzinfo else None


def _is_problem(reply: Reply) -> bool:
    return reply.headers.get("content-type", "").startswith(_PROBLEM)


def _code(reply: Reply) -> str | None:
    return text((reply.document or {}).get("code"))


if TYPE_CHECKING:
    from datetime import datetime
