"""Currencies with their exponents, and what amounts a provider can carry."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .problems import ProblemError

MAX_AMOUNT = 2**53 - 1

_EXPONENTS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
        "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER "
        "ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

EXPONENTS: Mapping[str, int] = {
    currency: exponent for exponent, currencies in _EXPONENTS.items() for currency in currencies.split()
}
"""ISO 4217: how many decimal digits the minor unit of a currency stands for."""


@dataclass(frozen=True, slots=True)
class AmountRules:
    """What a provider can carry: `granularity` is the smallest step of a currency in its minor unit."""

    currencies: frozenset[str] = frozenset(EXPONENTS)
    minimum: int = 1
    maximum: int = MAX_AMOUNT
    granularity: Mapping[str, int] = field(default_factory=dict[str, int])


def currency_code(text: str) -> str:
    """The upper-case ISO 4217 code. Raises currency_unsupported."""
    code = text.upper()
    if not text.isascii() or code not in EXPONENTS:
        raise ProblemError("currency_unsupported", f"{text!r} is not a currency of ISO 4217.", param="currency")
    return code


def major(amount: int, currency: str) -> str:
    """An amount in minor units as a decimal in major ones, with all decimals of its currency."""
    exponent = EXPONENTS[currency]
    digits = str(amount).zfill(exponent + 1)
    return f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits


def check_amount(amount: int, currency: str, rules: AmountRules, provider: str) -> None:
    """Refuse what the provider cannot carry exactly; amounts are never rounded."""
    if currency not in rules.currencies:
        raise ProblemError("currency_unsupported", f"{provider} does not take {currency}.", param="currency")
    if not rules.minimum <= amount <= rules.maximum:
        raise ProblemError(
            "amount_invalid",
            f"{provider} takes {major(rules.minimum, currency)} to {major(rules.maximum, currency)} {currency} "
            f"({rules.minimum} to {rules.maximum} where amounts are integers).",
            param="amount",
        )
    step = rules.granularity.get(currency, 1)
    if amount % step:
        raise ProblemError(
            "amount_not_representable",
            f"{provider} takes {currency} in steps of {major(step, currency)} ({step} where amounts are integers).",
            param="amount",
        )
