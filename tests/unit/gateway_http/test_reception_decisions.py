"""What is made of receivers' answers: how long they want to be left alone, what is kept, when they are given up."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.delivery import retry_after, schedule
from molam_gateway.delivery.excerpts import MAX_BYTES, excerpt
from molam_gateway.delivery.schedule import DeadLetter, Retry
from molam_gateway.domain.endpoint_health import LULL, Failing, after_failure, sustained

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = 86_400_000


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7\t", 7.0),
        ("3600", 3600.0),
        ("3601", 3600.0),
        ("9" * 19, 3600.0),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120.0),
        (format_datetime(NOW + timedelta(days=2), usegmt=True), 3600.0),
        (format_datetime(NOW - timedelta(days=2), usegmt=True), 0.0),
        ("-1", None),
        ("1.5", None),
        ("9" * 20, None),
        ("soon", None),
        ("", None),
        ("\u0661", None),
        ("Mon, 99 Nov 2026 00:00:00 GMT", None),
        ("1" * 100, None),
        (None, None),
    ],
)
def test_the_time_that_a_receiver_asks_for(header: str | None, seconds: float | None) -> None:
    assert retry_after.seconds(503, header, NOW) == seconds


@pytest.mark.parametrize("status", [200, 301, 400, 404, 410, 500])
def test_other_answers_ask_for_nothing(status: int) -> None:
    assert retry_after.seconds(status, "120", NOW) is None


@given(st.text(max_size=80) | st.datetimes().map(format_datetime))
def test_no_header_asks_for_more_than_an_hour(header: str) -> None:
    found = retry_after.seconds(429, header, NOW)
    assert found is None or 0 <= found <= 3600


@given(
    st.lists(st.integers(1, 86400), min_size=1, max_size=20),
    st.integers(1, 25),
    st.none() | st.floats(0, 3600),
    st.floats(0, 1, exclude_max=True),
)
def test_no_attempt_is_early_or_much_late(delays: list[int], attempt: int, asked: float | None, spread: float) -> None:
    following = schedule.after_failure(attempt, NOW, spread, delays=delays, asked_for=asked)
    if attempt > len(delays):
        assert following == DeadLetter()
        return
    assert isinstance(following, Retry)
    promised = max(delays[attempt - 1], asked or 0)
    wait = (following.at - NOW).total_seconds()
    assert promised - 0.001 <= wait <= promised * 1.1 + 0.001


@given(st.binary(max_size=3000))
def test_an_excerpt_is_short_text(answer: bytes) -> None:
    kept = excerpt(answer)
    assert len(kept.encode()) <= MAX_BYTES
    assert "\x00" not in kept


@pytest.mark.parametrize(
    "secret",
    [
        "4242424242424242",
        "4242-4242-4242-4242",
        "5555 5555 5555 4444",
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "sk_live_abcdefghijkl",
        "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "hunter2hunter2",
    ],
)
def test_secrets_are_blotted_out(secret: str) -> None:
    kept = excerpt(f'{{"password": "{secret}", "order": 12345}}'.encode())
    assert secret not in kept
    assert "[redacted]" in kept
    assert "12345" in kept


def test_ordinary_answers_are_kept_as_they_are() -> None:
    text = "Internal Server Error: order 20261101123456 is not known\n"
    assert excerpt(text.encode()) == text


def test_an_endpoint_is_given_up_after_days_of_failures() -> None:
    failing = after_failure(None, 0)
    for day in range(1, 5):
        failing = after_failure(failing, day * DAY)
        assert not sustained(failing, 5 * DAY)
    assert sustained(after_failure(failing, 5 * DAY), 5 * DAY)


def test_two_failures_that_are_far_apart_are_no_row() -> None:
    assert after_failure(Failing(0, 0), LULL + 1) == Failing(LULL + 1, LULL + 1)


def test_a_failure_that_is_written_late_takes_nothing_back() -> None:
    assert after_failure(Failing(10, 500), 400) == Failing(10, 500)
