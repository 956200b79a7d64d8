"""Amounts as decimal text in major units, the façade's form, to and from minor units, exactly."""

import re

from .money import EXPONENTS, MAX_AMOUNT, major
from .problems import ProblemError

_DECIMAL = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,4}))?", re.ASCII)


def to_minor(text: str, currency: str) -> int:
    """The minor units of `currency` that a decimal stands for; nothing is rounded. Raises amount_invalid."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise _invalid('An amount is digits with at most one point, such as "25.00".')
    whole, decimals = match[1], match[2] or ""
    exponent = EXPONENTS[currency]
    if len(decimals) > exponent:
        raise _invalid(f"{currency} has {exponent} decimals, not {len(decimals)}: round the amount first.")
    amount = int(whole + decimals.ljust(exponent, "0"))
    if not 1 <= amount <= MAX_AMOUNT:
        raise _invalid(f"An amount is between {to_major(1, currency)} and {to_major(MAX_AMOUNT, currency)} {currency}.")
    return amount


def to_major(amount: int, currency: str) -> str:
    """The decimal of an amount in minor units, with all decimals of its currency."""
    return major(amount, currency)


def _invalid(detail: str) -> ProblemError:
    return ProblemError("amount_invalid", detail, param="amount")
