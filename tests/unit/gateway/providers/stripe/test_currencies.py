"""Stripe's way of counting money against the simulator's own reading of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from molam_gateway.domain.money import EXPONENTS, check_amount
from molam_gateway.domain.problems import ProblemError
from molam_gateway.providers.simulators.stripe import amounts
from molam_gateway.providers.stripe.currencies import RULES, AmountError, from_wire, to_wire

CURRENCIES = sorted(RULES.currencies)


@settings(deadline=None)
@given(st.sampled_from(CURRENCIES), st.integers(1, RULES.maximum))
def test_an_amount_that_the_core_lets_through_arrives_exactly(currency: str, amount: int) -> None:
    amount -= amount % RULES.granularity.get(currency, 1)
    wire = to_wire(amount, currency)
    assert from_wire(wire, currency) == amount
    assert amounts.minor_units(wire, currency.lower()) == amount


@settings(deadline=None)
@given(st.sampled_from(sorted(EXPONENTS)), st.integers(-10, 10**13))
def test_what_cannot_be_carried_is_refused_by_both(currency: str, amount: int) -> None:
    try:
        check_amount(amount, currency, RULES, "stripe")
    except ProblemError:
        return
    to_wire(amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "wire"),
    [
        (10, "JPY", 10),
        (1000, "USD", 1000),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (500, "MGA", 5),
        (5120, "KWD", 5120),
        (100, "XOF", 100),
        (1000, "HUF", 1000),
    ],
)
def test_the_documented_quirks(amount: int, currency: str, wire: int) -> None:
    assert to_wire(amount, currency) == wire


@pytest.mark.parametrize(("amount", "currency"), [(5124, "KWD"), (550, "MGA"), (100, "IRR"), (1, "TND")])
def test_nothing_is_rounded(amount: int, currency: str) -> None:
    with pytest.raises(AmountError):
        to_wire(amount, currency)


def test_fractions_that_stripe_never_says_are_refused() -> None:
    with pytest.raises(AmountError):
        from_wire(550, "UGX")


def test_adapter_and_simulator_know_the_same_currencies() -> None:
    assert {each.upper() for each in amounts.CURRENCIES} == RULES.currencies
