"""Exact amounts of money: an integer number of minor units and a currency."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from ._currencies import EXPONENTS
from .errors import ValidationError

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["MAX_AMOUNT", "Money"]

MAX_AMOUNT: Final = 2**53 - 1
"""The largest amount: every JSON reader still reads it exactly."""

_MAJOR = r"([0-9]{1,32})(?:\.([0-9]{1,32}))?"
_REMEDY = 'pass an int in minor units (2500 for 25.00 USD) or Money.of("25.00", "USD")'


_MAJOR_REMEDY = (
    'here amounts are major units: pass "25.00", Money.of("25.00", "USD") or, for 2500 cents, Money.minor(2500, "USD")'
)


@attrs.frozen(repr=False, order=False)
class Money:
    """An amount in the minor unit of its currency, 1 to 2**53 - 1.

    Made with `Money.of("25.00", "USD")` or `Money.minor(2500, "USD")`; both are the same value.
    Comparing, adding and subtracting work within one currency and raise ValidationError across two.

    Attributes:
        amount: Number of minor units (cents).
        currency: ISO 4217 code in upper case.
    """

    amount: int
    currency: str

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "amount", _minor_units(self.amount, "amount"))
        object.__setattr__(self, "currency", check_currency(self.currency))

    @classmethod
    def of(cls, major: str | Decimal, currency: str) -> Money:
        """Return the amount given in major units as text or Decimal, exactly.

        Raises:
            ValidationError: For an int or a float, for anything but plain digits with one point,
                for more decimals than the currency has, and for a result out of range.
        """
        code = check_currency(currency)
        whole, decimals = _split_major(major)
        exponent = EXPONENTS[code]
        if len(decimals) > exponent:
            raise ValidationError(
                f"{code} has {exponent} decimals, not {len(decimals)}; round the amount first",
                code="amount_not_representable",
                param="amount",
            )
        units = int(whole + decimals.ljust(exponent, "0"))
        if units == 0:
            raise ValidationError(
                f"amount must be more than 0: the least in {code} is {cls(1, code).major:f}",
                code="amount_invalid",
                param="amount",
            )
        return cls(units, code)

    @classmethod
    def minor(cls, amount: int, currency: str) -> Money:
        """Return the amount given in minor units; ValidationError for anything but an int."""
        return cls(amount, currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, with all decimals of the currency."""
        from decimal import Decimal

        return Decimal(self._major_text())

    def format(self, locale: str | None = None) -> str:
        """Return the amount as people of a locale write it (`25,00 $US`), exactly; needs the extra `babel`.

        All decimals of the currency after ISO 4217 are shown. A currency without a sign in that language has its code.

        Args:
            locale: A locale such as `fr_SN` or `fr-SN`; that of the environment (`LC_NUMERIC`) without it.

        Raises:
            ValidationError: For a locale that Babel does not know.
            ImportError: If Babel is not installed.
        """
        from ._babel import formatted

        return formatted(self.major, self.currency, EXPONENTS[self.currency], locale)

    def _major_text(self) -> str:
        exponent = EXPONENTS[self.currency]
        digits = str(self.amount).zfill(exponent + 1)
        return f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits

    def __str__(self) -> str:
        return f"{self._major_text()} {self.currency}"

    def __repr__(self) -> str:
        return f'Money.of("{self._major_text()}", "{self.currency}")'

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same_currency(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same_currency(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same_currency(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same_currency(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same_currency(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same_currency(other)

    def _same_currency(self, other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money works with Money only, not with {type(other).__name__}")
        if other.currency != self.currency:
            raise ValidationError(
                f"{self.currency} and {other.currency} do not mix; convert one of them first",
                code="currency_mismatch",
                param="currency",
            )
        return other.amount


def check_currency(currency: object, param: str = "currency") -> str:
    """Return the ISO 4217 code in upper case; ValidationError for everything else."""
    if isinstance(currency, str) and currency.isascii():
        code = currency.upper()
        if code in EXPONENTS:
            return code
    raise ValidationError(
        f'{param} must be an active ISO 4217 code such as "USD" or "XOF"',
        code="currency_unsupported",
        param=param,
    )


def check_amount(amount: object, param: str = "amount") -> int:
    """Return the minor units of an int or Money where the API knows the currency (a refund).

    Raises:
        ValidationError: For every other type and for values outside 1 .. 2**53 - 1.
    """
    return amount.amount if isinstance(amount, Money) else _minor_units(amount, param)


def resolve_amount(amount: object, currency: object = None, default_currency: str | None = None) -> tuple[int, str]:
    """Return minor units and currency of an `amount` argument with its `currency`.

    Raises:
        ValidationError: For an amount that is neither int nor Money or is out of range, an unknown
            currency, a Money of another currency than the one given, and an int without any.
    """
    if isinstance(amount, Money):
        if currency is not None and check_currency(currency) != amount.currency:
            raise ValidationError(
                f"the amount is in {amount.currency}, but currency says {currency}; omit currency",
                code="currency_mismatch",
                param="currency",
            )
        return amount.amount, amount.currency
    units = _minor_units(amount, "amount")
    if currency is None:
        currency = default_currency
    if currency is None:
        raise ValidationError(
            'an int needs its currency: pass currency="USD", a Money, or set default_currency',
            code="parameter_missing",
            param="currency",
        )
    return units, check_currency(currency)


def major_text(amount: object) -> str:
    """Return an amount that is text in the form of an amount of major units.

    Raises:
        ValidationError: For everything else.
    """
    if not isinstance(amount, str):
        kind = "None" if amount is None else type(amount).__name__
        raise ValidationError(f"amount must not be {kind}: {_MAJOR_REMEDY}", code="amount_invalid", param="amount")
    _split_major(amount)
    return amount


def resolve_major(amount: object, currency: object = None, default_currency: str | None = None) -> tuple[str, str]:
    """Return the decimal text and the currency of an `amount` argument where the API takes major units.

    Raises:
        ValidationError: For an amount that is neither text nor Money or cannot be exact, an unknown
            currency, a Money of another currency than the one given, and text without any.
    """
    if isinstance(amount, Money):
        resolve_amount(amount, currency)
        money = amount
    elif major_text(amount) and currency is None and default_currency is None:
        raise ValidationError(
            'an amount as text needs its currency: pass currency="USD", a Money, or set default_currency',
            code="parameter_missing",
            param="currency",
        )
    else:
        money = Money.of(major_text(amount), check_currency(default_currency if currency is None else currency))
    return format(money.major, "f"), money.currency


def _minor_units(amount: object, param: str) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int):
        kind = "None" if amount is None else type(amount).__name__
        raise ValidationError(f"{param} must not be {kind}: {_REMEDY}", code="amount_invalid", param=param)
    if not 1 <= amount <= MAX_AMOUNT:
        raise ValidationError(
            f"{param} must be 1 to 2**53 - 1 minor units: {_REMEDY}",
            code="amount_invalid",
            param=param,
        )
    return int(amount)


def _split_major(major: object) -> tuple[str, str]:
    """Return the digits before and after the point."""
    shown = major if isinstance(major, str) else _decimal_text(major)
    match = re.fullmatch(_MAJOR, shown)
    if match is None:
        raise ValidationError(
            'amount must be plain digits such as "25.00", without sign, exponent or separators',
            code="amount_invalid",
            param="amount",
        )
    return match[1], match[2] or ""


def _decimal_text(major: object) -> str:
    from decimal import Decimal

    if not isinstance(major, Decimal):
        raise ValidationError(
            f"Money.of takes str or Decimal, not {type(major).__name__}: "
            'Money.of("25.00", "USD") is exact, Money.minor(2500, "USD") takes minor units',
            code="amount_invalid",
            param="amount",
        )
    exponent = major.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -32 or major.adjusted() > 32:
        return ""
    return format(major, "f")
