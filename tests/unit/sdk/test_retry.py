"""Which answers are worth repeating and what Retry-After means, whatever is written there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk._exchange import retry as rules
from molam_sdk._exchange.reply import Reply
from tests.unit.sdk.conversation import problem

DATE = "Sat, 21 Nov 2026 10:00:00 GMT"


def waiting(value: str | None, *, date: str | None = DATE) -> float | None:
    headers = {"retry-after": value, "date": date}
    return rules.retry_after(Reply(503, {name: text for name, text in headers.items() if text is not None}, b""))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        (" ", None),
        ("0", 0.0),
        ("3", 3.0),
        ("003", 3.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("\t7 ", 7.0),
        ("1.2.3", None),
        ("1,5", None),
        ("-1", None),
        ("+1", None),
        ("1e3", None),
        ("inf", None),
        ("nan", None),
        ("٣", None),
        ("86400", 86_400.0),
        ("86401", 86_400.0),
        ("9" * 500, 86_400.0),
        ("Sat, 21 Nov 2026 10:00:30 GMT", 30.0),
        ("Saturday, 21-Nov-26 10:00:30 GMT", 30.0),
        ("Sat Nov 21 10:00:30 2026", 30.0),
        ("Sat, 21 Nov 2026 12:00:30 +0200", 30.0),
        ("Sat, 21 Nov 2026 09:59:00 GMT", 0.0),
        ("Sat, 21 Nov 2099 10:00:00 GMT", 86_400.0),
        ("2026-11-21T10:00:30Z", 30.0),
        ("2026-11-21T12:00:30.5+02:00", 30.5),
        ("2026-11-21T10:00:30", None),
        ("2026-11-21", None),
        ("tomorrow", None),
        ("Sat, 99 Nov 2026 10:00:30 GMT", None),
        ("\x00", None),
        (";", None),
    ],
)
def test_what_retry_after_asks_for(value: str | None, seconds: float | None) -> None:
    assert waiting(value) == seconds


@pytest.mark.parametrize("date", [None, "yesterday"])
def test_without_a_readable_date_the_local_clock_counts(date: str | None) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    waited = waiting(soon, date=date)
    assert waited is not None
    assert 35 < waited <= 40


@given(st.text(alphabet=st.characters(max_codepoint=255)), st.none() | st.text(max_size=40))
def test_no_header_breaks_the_reading(value: str, date: str | None) -> None:
    waited = waiting(value, date=date)
    assert waited is None or 0 <= waited <= 86_400


@given(st.integers(1, 10_000), st.floats(0, 10), st.floats(0, 1))
def test_the_backoff_never_exceeds_its_cap(retry: int, factor: float, random: float) -> None:
    wait = rules.backoff(retry, factor, lambda: random)
    assert 0 <= wait <= 8.0
    assert wait <= factor * 2.0 ** min(retry - 1, 16)


@pytest.mark.parametrize(
    ("body", "in_flight"),
    [
        (b'{"code": "idempotency_in_flight"}', True),
        (b'{"code": "payment_in_flight"}', False),
        (b'{"code": ["idempotency_in_flight"]}', False),
        (b'["idempotency_in_flight"]', False),
        (b"<html>idempotency_in_flight", False),
        (b"", False),
    ],
)
def test_only_the_code_says_that_a_key_is_in_flight(body: bytes, in_flight: bool) -> None:
    assert rules.is_in_flight(Reply(409, {}, body)) is in_flight
    assert not rules.is_in_flight(Reply(429, {}, body))


@pytest.mark.parametrize(
    ("status", "code", "settling"),
    [
        (402, "card_declined", True),
        (404, "resource_missing", True),
        (409, "invalid_state", True),
        (409, "idempotency_in_flight", False),
        (404, "route_missing", False),
        (409, "payment_in_flight", False),
        (409, "idempotency_key_expired", False),
        (409, "of_a_newer_api", False),
        (400, "parameter_invalid", False),
        (401, "api_key_invalid", False),
        (422, "idempotency_key_reused", False),
        (429, "rate_limited", False),
        (500, "internal_error", False),
    ],
)
def test_refusals_that_the_contract_stores(status: int, code: str, settling: bool) -> None:
    told = problem(status, code)
    assert rules.is_settling(told) is settling
    assert not rules.is_settling(Reply(status, {"content-type": "application/json"}, told.body))
    assert not rules.is_settling(Reply(status, told.headers, b"{}"))
