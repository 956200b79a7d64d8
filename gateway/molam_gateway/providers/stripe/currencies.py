"""How Stripe counts money: the factor between ISO 4217's minor unit and the amount on the wire.

https://docs.stripe.com/currencies: a list of its own of currencies without decimals, in which MGA (two decimals in
ISO 4217) is one and ISK and UGX (none in ISO 4217) are not; the last digit of three decimals must be 0.
"""

from collections.abc import Mapping

from ...domain.money import EXPONENTS, AmountRules

_TIMES_100 = frozenset({"ISK", "UGX"})
_BY_100 = frozenset({"MGA"})
_STEPS: Mapping[str, int] = {"MGA": 100, "BHD": 10, "JOD": 10, "KWD": 10, "OMR": 10, "TND": 10}
_LARGEST = 999_999_999_999
"""The largest amount that Stripe takes of any currency; it knows a smaller limit for most of them itself."""

_SUPPORTED = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP "
    "CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD "
    "JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN "
    "NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD "
    "SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW"
)
RULES = AmountRules(
    currencies=frozenset(_SUPPORTED.split()) & EXPONENTS.keys(),
    maximum=_LARGEST // 100,
    granularity=_STEPS,
)
"""What the core refuses before anything is sent; two digits are left for the currencies that are sent times 100."""


class AmountError(ValueError):
    """Stripe cannot carry the amount exactly."""


def to_wire(amount: int, currency: str) -> int:
    """The amount as Stripe wants it, from minor units. Raises AmountError instead of rounding."""
    if currency not in RULES.currencies:
        raise AmountError(f"Stripe does not take {currency}")
    if amount % _STEPS.get(currency, 1):
        raise AmountError(f"Stripe takes {currency} in steps of {_STEPS[currency]} minor units")
    if currency in _TIMES_100:
        return amount * 100
    return amount // 100 if currency in _BY_100 else amount


def from_wire(amount: int, currency: str) -> int:
    """Minor units from what Stripe says. Raises AmountError instead of rounding."""
    if currency in _TIMES_100:
        if amount % 100:
            raise AmountError(f"Stripe's {currency} has no decimals")
        return amount // 100
    return amount * 100 if currency in _BY_100 else amount
