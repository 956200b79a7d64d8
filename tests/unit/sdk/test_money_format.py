"""Amounts as people of a locale write them, to the last digit."""

from __future__ import annotations

import re
import sys

import pytest
from babel.numbers import get_currency_symbol

from molam_sdk import Money, ValidationError
from molam_sdk._currencies import EXPONENTS
from molam_sdk.money import MAX_AMOUNT


@pytest.mark.parametrize(
    ("money", "locale", "shown"),
    [
        (Money.of("1234.50", "USD"), "en_US", "$1,234.50"),
        (Money.of("1234.50", "EUR"), "de-DE", "1.234,50\xa0€"),
        (Money.of("2500", "XOF"), "fr_SN", "2\u202f500\u202fF\u202fCFA"),
        (Money.of("2.500", "KWD"), "en_KW", "KWD\xa02.500"),
        (Money.of("12345678.90", "INR"), "en_IN", "₹1,23,45,678.90"),
        (Money.of("25.00", "XAD"), "en", "XAD\xa025.00"),
        (Money.of("1.00", "AFN"), "en", "AFN\xa01.00"),
        (Money.minor(MAX_AMOUNT, "USD"), "en", "$90,071,992,547,409.91"),
    ],
)
def test_it_is_written_as_in_the_locale(money: Money, locale: str, shown: str) -> None:
    assert money.format(locale).replace("\u202f", " ").replace("\xa0", " ") == shown.replace("\u202f", " ").replace(
        "\xa0", " "
    )


@pytest.mark.parametrize("amount", [1, 99, 123_456, MAX_AMOUNT])
def test_no_currency_loses_a_digit_or_its_name(amount: int) -> None:
    for currency in EXPONENTS:
        money = Money.minor(amount, currency)
        shown = money.format("en")
        digits = re.sub(r"[^0-9.]", "", shown.replace(get_currency_symbol(currency, "en"), ""))
        assert digits == str(money.major), currency
        assert re.sub(r"[0-9.,\s]", "", shown), currency


def test_a_locale_that_does_not_exist_is_refused() -> None:
    for locale in ("xx_YY", "no locale", "../../etc"):
        with pytest.raises(ValidationError, match="not known to Babel") as refused:
            Money.of("1.00", "USD").format(locale)
        assert refused.value.param == "locale"


def test_without_babel_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "babel", None)
    with pytest.raises(ImportError, match=r"molam-sdk-python\[babel\]"):
        Money.of("1.00", "USD").format("en")
