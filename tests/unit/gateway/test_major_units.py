"""Amounts of the façade: decimal text, exact in both directions, in every currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain.major_units import to_major, to_minor
from molam_gateway.domain.money import EXPONENTS, MAX_AMOUNT
from molam_gateway.domain.problems import ProblemError

CURRENCIES = st.sampled_from(sorted(EXPONENTS))


@given(st.integers(1, 10**15 - 1), CURRENCIES)
def test_an_amount_comes_back_as_it_went(amount: int, currency: str) -> None:
    text = to_major(amount, currency)
    assert to_minor(text, currency) == amount
    assert Decimal(text).scaleb(EXPONENTS[currency]) == amount


@given(st.text("0123456789.+-eE_, ٣", max_size=24), CURRENCIES)
def test_any_text_is_exact_or_refused(text: str, currency: str) -> None:
    try:
        amount = to_minor(text, currency)
    except ProblemError:
        return
    assert 1 <= amount <= MAX_AMOUNT
    assert Decimal(text) == Decimal(to_major(amount, currency))


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("0", "USD"),
        ("0.00", "USD"),
        ("1.001", "USD"),
        ("10.0", "JPY"),
        ("1.", "USD"),
        (".5", "USD"),
        ("1e3", "USD"),
        ("-1", "USD"),
        ("90071992547409.92", "USD"),
        ("1\n", "USD"),
        ("٣", "USD"),
    ],
)
def test_what_cannot_be_exact_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ProblemError):
        to_minor(text, currency)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("10", "JPY", 10), ("25", "USD", 2500), ("25.5", "USD", 2550), ("1.234", "KWD", 1234), ("007.10", "KES", 710)],
)
def test_ten_yen_are_ten(text: str, currency: str, amount: int) -> None:
    assert to_minor(text, currency) == amount
