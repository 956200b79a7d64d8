"""Writes amounts as people of a locale do, with the data of Babel."""

from __future__ import annotations

import re
from contextlib import suppress
from copy import copy
from typing import TYPE_CHECKING

from .errors import ValidationError

if TYPE_CHECKING:
    from decimal import Decimal

    from babel import Locale


_TOGETHER = r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
"""Where a letter of the currency touches a digit; CLDR puts a space there, Babel does not."""


def formatted(major: Decimal, currency: str, decimals: int, locale: str | None) -> str:
    """Return an amount of major units with so many decimals, however many the locale would show.

    Raises:
        ValidationError: For a locale that Babel does not know.
        ImportError: If Babel is not installed.
    """
    try:
        from babel import numbers
    except ImportError as error:
        raise ImportError('Money.format needs Babel: pip install "molam-sdk-python[babel]"', name=error.name) from None
    found = _locale(locale)
    pattern = copy(found.currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    shown = numbers.format_currency(major, currency, pattern, locale=found, currency_digits=False)
    return re.sub(_TOGETHER, "\xa0", shown)


def _locale(name: str | None) -> Locale:
    """The locale, or its language alone where Babel does not know the country with it."""
    from babel import Locale, UnknownLocaleError, default_locale

    wanted = (name or default_locale("LC_NUMERIC") or "en").replace("-", "_")
    for each in (wanted, wanted.partition("_")[0]):
        with suppress(UnknownLocaleError, ValueError):
            return Locale.parse(each)
    raise ValidationError(
        "locale is not known to Babel; use one such as fr_SN", code="parameter_invalid", param="locale"
    )
