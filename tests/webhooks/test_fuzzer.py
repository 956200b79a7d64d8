"""Seeded deliveries by the thousand: nothing but the promised errors, nothing forged is accepted."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from molam_sdk import webhooks
from molam_sdk.errors import SignatureError
from tests.webhooks.deliveries import Delivery, delivery
from tests.webhooks.fuzzer import receive, run

COUNT = 20_000
PLANTED = 3_000


def test_no_delivery_does_harm() -> None:
    totals = run(range(COUNT))
    assert totals.defects == []
    outcomes = {"event", "no event", "misuse"} | {
        "missing_header", "malformed", "expired", "future", "unknown_kid", "mismatch", "too_large",
    }  # fmt: skip
    assert set(totals.outcomes) == outcomes
    assert min(totals.outcomes.values()) >= COUNT // 100, totals


def test_a_seed_is_a_delivery() -> None:
    for seed in range(200):
        assert repr(delivery(seed)).partition(" at 0x")[0] == repr(delivery(seed)).partition(" at 0x")[0]


def without_time(made: Delivery) -> object:
    return receive(Delivery(made.header, made.body, made.secret, 1e30, made.now, made.standard))


def parses_first(made: Delivery) -> object:
    json.loads(made.body)
    return receive(made)


def reads_any_header(made: Delivery) -> object:
    str(made.header).encode()
    return receive(made)


def believes_the_header(made: Delivery) -> object:
    try:
        return receive(made)
    except SignatureError as error:
        if error.reason != "mismatch":
            raise
        return webhooks.parse_event(made.body)


def refuses_the_third_secret(made: Delivery) -> object:
    if isinstance(made.header, str) and made.header.endswith("kid=k_3-x"):
        raise SignatureError("no", reason="unknown_kid")
    return receive(made)


@pytest.mark.parametrize(
    ("receiver", "complaint"),
    [
        (without_time, "forged, and accepted"),
        (parses_first, "JSONDecodeError"),
        (reads_any_header, "UnicodeEncodeError"),
        (believes_the_header, "forged, and accepted"),
        (refuses_the_third_secret, "genuine, and refused as unknown_kid"),
    ],
)
def test_a_verifier_with_a_defect_is_caught(receiver: Callable[[Delivery], Any], complaint: str) -> None:
    defects = run(range(PLANTED), receiver).defects
    assert any(complaint in defect for defect in defects), defects[:3]
