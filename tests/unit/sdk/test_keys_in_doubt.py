"""Where keys may have been used: for a day, apart for each account, and honest about what had to be forgotten."""

from __future__ import annotations

import random
import tracemalloc

import pytest

from molam_sdk._shared import days_names, keys_in_doubt
from molam_sdk._shared.days_names import KEPT, SPAN, DaysNames
from molam_sdk._shared.keys_in_doubt import KeysInDoubt, name_of, scope_of

HOME, AWAY = REGIONS = ("https://a.example", "https://b.example")
SCOPE = scope_of("sk_test_1", "acct_a", False)


def name(number: int) -> bytes:
    return name_of(SCOPE, f"order-{number}")


def test_a_key_is_bound_to_its_region() -> None:
    keys = KeysInDoubt()
    keys.add(name(1), AWAY, 0.0)
    assert (keys.region_of(name(1), REGIONS, 1.0), keys.region_of(name(2), REGIONS, 1.0)) == (AWAY, None)
    keys.discard(name(2), AWAY)
    keys.discard(name(1), HOME)
    assert keys.region_of(name(1), REGIONS, 1.0) == AWAY
    keys.discard(name(1), AWAY)
    assert keys.region_of(name(1), REGIONS, 1.0) is None


def test_it_is_asked_about_the_regions_on_the_way_only() -> None:
    keys = KeysInDoubt()
    keys.done(name(1), AWAY, 0.0)
    assert keys.region_of(name(1), (HOME,), 1.0) is None


def test_equal_keys_of_other_accounts_are_others() -> None:
    scopes = [
        scope_of(*words)
        for words in (
            ("sk_test_1", "acct_a", False),
            ("sk_test_1", "acct_b", False),
            ("sk_test_2", "acct_a", False),
            ("sk_test_1", "acct_a", True),
            ("sk_test_1", None, False),
        )
    ]
    assert len({name_of(scope, "order-1") for scope in scopes}) == 5
    assert scope_of("sk_test_1", "acct_a", False) == SCOPE


def test_what_was_done_is_no_longer_in_doubt_and_no_refusal_takes_it_away() -> None:
    keys = KeysInDoubt()
    keys.add(name(1), HOME, 0.0)
    keys.done(name(1), HOME, 1.0)
    keys.discard(name(1), HOME)
    assert keys.region_of(name(1), REGIONS, 1.0) == HOME
    assert len(keys) == 1


def test_a_key_is_kept_for_a_day_and_not_for_two() -> None:
    keys = KeysInDoubt()
    keys.done(name(1), HOME, 0.0)
    keys.done(name(2), HOME, SPAN - 1)
    for hour in range(6, 24):
        keys.done(name(hour), HOME, hour * 3600.0)
    keys.done(name(100), HOME, SPAN + KEPT - 1)
    assert keys.region_of(name(2), REGIONS, SPAN + KEPT - 1) == HOME
    keys.done(name(101), HOME, 2 * KEPT)
    assert keys.region_of(name(2), REGIONS, 2 * KEPT) is None
    assert keys.region_of(name(100), REGIONS, 2 * KEPT) == HOME


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> KeysInDoubt:
    monkeypatch.setattr(days_names, "PAGE", 100)
    monkeypatch.setattr(keys_in_doubt, "PAGE", 100)
    monkeypatch.setattr(keys_in_doubt, "MOST", 1000)
    return KeysInDoubt()


def test_none_of_thousands_is_forgotten_without_a_word(small: KeysInDoubt) -> None:
    """Those of the other region are kept; home is where a key goes that is not known."""
    assert small.region_of(name(99_999), REGIONS, 0.0) is None
    for number in range(400):
        small.done(name(number), AWAY, 0.0)
        small.add(name(-number - 1), AWAY, 0.0)
    for number in range(1000, 20_000):
        small.done(name(number), HOME, float(number))
        assert len(small) <= 1000
    now = 20_000.0
    assert {small.region_of(name(number), REGIONS, now) for number in range(-400, 400)} == {AWAY}
    assert {small.region_of(name(number), REGIONS, now) for number in range(1000, 20_000)} == {HOME}
    assert small.region_of(name(99_999), REGIONS, now) == HOME
    assert small.region_of(name(99_999), (AWAY,), now) is None


def test_what_was_forgotten_counts_for_a_day(small: KeysInDoubt) -> None:
    for number in range(2000):
        small.done(name(number), HOME, 0.0)
    assert small.region_of(name(99_999), REGIONS, KEPT) == HOME
    assert small.region_of(name(99_999), REGIONS, KEPT + SPAN) is None
    small.done(name(99_999), HOME, KEPT + SPAN)
    assert len(small) == 1


def test_the_regions_are_forgotten_one_after_the_other(small: KeysInDoubt) -> None:
    for number in range(800):
        small.done(name(number), HOME, 0.0)
    for number in range(1000, 1900):
        small.done(name(number), AWAY, 1.0)
    assert {small.region_of(name(number), REGIONS, 1.0) for number in range(1000, 1900)} == {AWAY}
    assert {small.region_of(name(number), REGIONS, 1.0) for number in range(800)} == {HOME}
    for number in range(1900, 3000):
        small.done(name(number), AWAY, 1.0)
    assert len(small) <= 1000


def test_who_begins_anew_begins_with_nothing(small: KeysInDoubt) -> None:
    for number in range(2000):
        small.done(name(number), HOME, 0.0)
    small.renew()
    assert (len(small), small.region_of(name(1), REGIONS, 0.0)) == (0, None)


def test_a_child_keeps_what_its_parent_knew() -> None:
    keys = KeysInDoubt()
    keys.add(name(1), AWAY, 0.0)
    keys.inherit()
    assert (keys.region_of(name(1), REGIONS, 1.0), keys.region_of(name(2), REGIONS, 1.0)) == (AWAY, None)
    assert (keys.has(name(1)), keys.has(name(2))) == (True, False)


def test_a_child_of_a_parent_in_the_middle_of_a_note_is_unsure_for_a_day() -> None:
    keys = KeysInDoubt()
    keys.add(name(1), AWAY, 0.0)
    with keys._lock:  # pyright: ignore[reportPrivateUsage]
        keys.inherit()
    keys.inherit()
    assert keys.region_of(name(1), REGIONS, 5.0) == AWAY
    assert keys.region_of(name(2), REGIONS, 10.0) == HOME
    assert keys.region_of(name(2), REGIONS, 9.0 + KEPT) == HOME
    assert keys.region_of(name(2), REGIONS, 10.0 + KEPT) is None


def test_names_that_share_their_bytes_are_told_apart() -> None:
    """Names of few different bytes, so that one is often found across the border of two others."""
    draw = random.Random(1)
    names, kept = DaysNames(), set[bytes]()
    for _ in range(4000):
        some = b"\0\0" + bytes(draw.choices(b"ab", k=6))
        assert (some in names) is (some in kept)
        if draw.random() < 0.5:
            names.add(some, 0.0)
            kept.add(some)
        else:
            names.discard(some)
            kept.discard(some)
        assert len(names) == len(kept)


def test_a_key_takes_ten_bytes() -> None:
    names = DaysNames()
    draw = random.Random(1)
    tracemalloc.start()
    try:
        for _ in range(100_000):
            names.add(draw.randbytes(8), 0.0)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken / 100_000 < 15
