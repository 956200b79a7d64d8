"""Whole shillings on Daraja's side, minor units on ours; nothing is ever rounded."""

from decimal import Decimal, InvalidOperation

from ...domain.money import MAX_AMOUNT, AmountRules

CURRENCY = "KES"
_MINOR = 100

CHARGES = AmountRules(frozenset({CURRENCY}), 1 * _MINOR, 250_000 * _MINOR, {CURRENCY: _MINOR})
PAYOUTS = AmountRules(frozenset({CURRENCY}), 10 * _MINOR, 250_000 * _MINOR, {CURRENCY: _MINOR})


class AmountError(ValueError):
    """An amount that cannot be told exactly."""


def shillings(amount: int) -> int:
    """Minor units as whole shillings. Raises AmountError if there is a rest."""
    whole, rest = divmod(amount, _MINOR)
    if rest or whole <= 0:
        raise AmountError(f"{amount} minor units of {CURRENCY} are no whole number of shillings")
    return whole


def minor_units(value: object) -> int:
    """What Daraja wrote as 10, 10.0, "10" or "10.00", in minor units. Raises AmountError."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal) or len(str(value)) > 40:
        raise AmountError("the amount is no number")
    try:
        minor = Decimal(value) * _MINOR
    except InvalidOperation:
        raise AmountError("the amount is no number") from None
    if not minor.is_finite() or not 0 <= minor <= MAX_AMOUNT or minor != minor.to_integral_value():
        raise AmountError("the amount has fractions of a cent, is negative or has no end")
    return int(minor)
