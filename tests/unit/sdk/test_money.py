"""Money is exact, and whatever is not exact money is refused with the way out."""

import copy
import pickle
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_sdk.errors import ValidationError
from molam_sdk.money import MAX_AMOUNT, Money, check_amount, check_currency, resolve_amount

# Written down here a second time, from ISO 4217, so that a slip in the SDK's table shows.
NOT_TWO_DECIMALS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
TWO_DECIMALS = ["USD", "EUR", "GBP", "KES", "NGN", "GHS", "ZAR", "TZS", "MGA", "MRU", "INR", "ZWG", "XCG"]
CURRENCIES = st.sampled_from([*NOT_TWO_DECIMALS, *TWO_DECIMALS])
AMOUNTS = st.integers(min_value=1, max_value=MAX_AMOUNT)

NO_AMOUNTS: list[Any] = [25.0, True, False, None, "2500", "25.00", Decimal(25), 25 + 0j, b"25", [25], float("nan")]


@pytest.mark.parametrize(("currency", "exponent"), [*NOT_TWO_DECIMALS.items(), *((c, 2) for c in TWO_DECIMALS)])
def test_one_major_unit(currency: str, exponent: int) -> None:
    assert Money.of("1", currency).amount == 10**exponent


@given(amount=AMOUNTS, currency=CURRENCIES)
def test_minor_to_major_and_back(amount: int, currency: str) -> None:
    money = Money.minor(amount, currency)
    assert Money.of(money.major, currency) == money
    assert Money.of(str(money.major), currency) == money
    assert eval(repr(money), {"Money": Money}) == money  # noqa: S307 - the repr promises it
    with localcontext(prec=3):
        assert Money.of(money.major, currency) == money


def test_every_price_up_to_a_hundred_is_exact() -> None:
    for cents in range(1, 10_001):
        assert Money.of(f"{cents // 100}.{cents % 100:02d}", "USD").amount == cents


def test_what_people_write() -> None:
    assert Money.of("25", "usd") == Money.minor(2500, "USD")
    assert Money.of("25.5", "USD").amount == 2550
    assert Money.of("007.50", "USD").amount == 750
    assert Money.of(Decimal("1E+2"), "USD").amount == 10_000
    assert Money.of("10", "JPY").amount == 10
    assert Money.of("90071992547409.91", "USD").amount == MAX_AMOUNT


@pytest.mark.parametrize(
    "major",
    [
        "",
        " 1",
        "1 ",
        "1\n",
        "+1",
        "-1",
        "1e3",
        "1_000",
        "1,000",
        "1,00",
        ".5",
        "5.",
        "1.2.3",
        "0x1",
        "NaN",
        "Infinity",
        "\u0663",
        "1\u066b5",
        "$1",
        "\uff11",
        "9" * 40,
        "1." + "0" * 40,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal(-1),
        Decimal("1E+999999"),
        Decimal("1E-999999"),
    ],
)
def test_major_units_that_are_no_plain_number_are_refused(major: str | Decimal) -> None:
    with pytest.raises(ValidationError) as caught:
        Money.of(major, "USD")
    assert (caught.value.param, caught.value.status_code, caught.value.outcome) == ("amount", None, "not_sent")


@pytest.mark.parametrize("major", [25, 25.0, True, None, b"25"])
def test_major_units_as_int_or_float_are_refused(major: Any) -> None:
    with pytest.raises(ValidationError, match=r"Money\.minor\(2500"):
        Money.of(major, "USD")


@pytest.mark.parametrize(
    ("major", "currency"), [("0.001", "USD"), ("1.0", "JPY"), ("1.0000", "KWD"), ("25.000", "USD")]
)
def test_more_decimals_than_the_currency_has_are_refused(major: str, currency: str) -> None:
    with pytest.raises(ValidationError, match="decimals") as caught:
        Money.of(major, currency)
    assert caught.value.code == "amount_not_representable"
    with pytest.raises(ValidationError, match="decimals"):
        Money.of(Decimal(major), currency)


@pytest.mark.parametrize("major", ["0", "0.00", "90071992547409.92"])
def test_major_units_out_of_range_are_refused(major: str) -> None:
    with pytest.raises(ValidationError, match=r"1 to 2\*\*53 - 1|the least in USD is 0\.01"):
        Money.of(major, "USD")


@pytest.mark.parametrize(
    "amount",
    [0, -1, MAX_AMOUNT + 1, 2**63, -(10**400), 10**4000],
    ids=lambda amount: f"{amount:.0e}" if abs(amount) < 2**64 else "huge",
)
def test_amounts_out_of_range_are_refused(amount: int) -> None:
    for attempt in (Money.minor, resolve_amount):
        with pytest.raises(ValidationError, match=r"1 to 2\*\*53 - 1"):
            attempt(amount, "USD")


@pytest.mark.parametrize("amount", NO_AMOUNTS)
def test_everything_but_an_int_is_refused_with_the_remedies(amount: Any) -> None:
    attempts: list[Callable[[Any, Any], object]] = [Money.minor, resolve_amount, check_amount]
    for attempt in attempts:
        with pytest.raises(ValidationError) as caught:
            attempt(amount, "USD")
        assert "int in minor units (2500" in str(caught.value)
        assert 'Money.of("25.00", "USD")' in str(caught.value)
        assert (caught.value.code, caught.value.status_code, caught.value.attempts) == ("amount_invalid", None, 0)


@pytest.mark.parametrize(
    "currency",
    [
        "",
        "US",
        "USDT",
        "usd ",
        "XXX",
        "XTS",
        "XAU",
        "DEM",
        "BGN",
        "\u017fek",
        "\uff35\uff33\uff24",
        840,
        None,
        b"USD",
        True,
    ],
)
def test_an_unknown_currency_is_refused(currency: Any) -> None:
    with pytest.raises(ValidationError, match="ISO 4217") as caught:
        Money.minor(1, currency)
    assert (caught.value.code, caught.value.param) == ("currency_unsupported", "currency")
    with pytest.raises(ValidationError, match="default_currency must be"):
        check_currency(currency, "default_currency")


def test_resolving_an_amount() -> None:
    assert resolve_amount(2500, "usd") == (2500, "USD")
    assert resolve_amount(2500, None, "XOF") == (2500, "XOF")
    assert resolve_amount(2500, "EUR", "XOF") == (2500, "EUR")
    money = Money.of("25.00", "USD")
    assert resolve_amount(money) == (2500, "USD")
    assert resolve_amount(money, "usd") == (2500, "USD")
    assert resolve_amount(money, None, "XOF") == (2500, "USD")
    assert check_amount(money) == check_amount(2500) == 2500


def test_money_of_another_currency_is_refused() -> None:
    with pytest.raises(ValidationError, match="the amount is in USD") as caught:
        resolve_amount(Money.of("25.00", "USD"), "EUR")
    assert caught.value.param == "currency"
    with pytest.raises(ValidationError, match="ISO 4217"):
        resolve_amount(Money.of("25.00", "USD"), "bitcoin")


def test_an_int_without_currency_is_refused() -> None:
    with pytest.raises(ValidationError, match="default_currency") as caught:
        resolve_amount(2500)
    assert (caught.value.code, caught.value.param) == ("parameter_missing", "currency")


def test_arithmetic_and_order_within_a_currency() -> None:
    five, two = Money.of("5.00", "USD"), Money.of("2.00", "USD")
    assert five + two == Money.of("7.00", "USD")
    assert five - two == Money.of("3.00", "USD")
    assert two < five
    assert two <= five
    assert five > two
    assert five >= two
    assert sorted([five, two]) == [two, five]
    assert five != Money.of("5", "JPY")
    assert five != object()
    with pytest.raises(ValidationError, match="1 to"):
        _ = two - five


@given(amounts=st.tuples(AMOUNTS, AMOUNTS))
def test_across_currencies_nothing_is_added_or_compared(amounts: tuple[int, int]) -> None:
    dollars, francs = Money.minor(amounts[0], "USD"), Money.minor(amounts[1], "XOF")
    for mixed in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__):
        with pytest.raises(ValidationError, match="do not mix"):
            mixed(dollars, francs)


@pytest.mark.parametrize("other", [5, "5", None, Decimal(5)])
def test_money_works_with_money_only(other: Any) -> None:
    with pytest.raises(TypeError):
        _ = Money.of("5.00", "USD") + other
    with pytest.raises(TypeError):
        assert Money.of("5.00", "USD") < other


def test_money_is_a_frozen_value() -> None:
    money = Money.of("25.00", "USD")
    assert repr(money) == 'Money.of("25.00", "USD")'
    assert str(money) == "25.00 USD"
    assert str(Money.of("0.05", "KWD")) == "0.050 KWD"
    assert str(Money.of("500", "XOF")) == "500 XOF"
    assert {money: 1}[Money.minor(2500, "usd")] == 1
    with pytest.raises(AttributeError):
        money.amount = 1  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(AttributeError):
        money.note = "x"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    twin = pickle.loads(pickle.dumps(money))  # noqa: S301 - what it tests
    assert twin == money == copy.deepcopy(money) == copy.copy(money)


@given(major=st.text() | st.decimals() | st.floats() | st.integers(), currency=st.text(max_size=4) | st.just("USD"))
def test_any_input_is_money_or_a_validation_error(major: Any, currency: str) -> None:
    try:
        money = Money.of(major, currency)
    except ValidationError:
        assert not (currency == "USD" and str(major) in ("1", "25.00"))
    else:
        assert money.major == Decimal(major)
        assert money.currency == currency.upper()
