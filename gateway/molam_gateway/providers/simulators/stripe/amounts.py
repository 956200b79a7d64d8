"""What Stripe takes an amount for: its own list of currencies without decimals, special cases and limits."""

from collections.abc import Mapping

from .errors import invalid

_CURRENCIES: Mapping[str, str] = {
    "zero decimals": "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf",
    "two zeros": "isk ugx",
    "two decimals": (
        "aed afn all amd aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc cve "
        "czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes kgs khr kyd "
        "kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk "
        "php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd szl thb tjs top try ttd twd tzs uah usd uyu "
        "uzs wst xcd xcg yer zar zmw"
    ),
    "three decimals": "bhd jod kwd omr tnd",
}
_TWO_ZEROS = frozenset(_CURRENCIES["two zeros"].split())
_THREE_DECIMAL = frozenset(_CURRENCIES["three decimals"].split())
CURRENCIES = frozenset(" ".join(_CURRENCIES.values()).split())
_MINIMUM: Mapping[str, int] = {
    "usd": 50, "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30,
    "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200,
    "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
_LARGEST = 99_999_999
_LARGER: Mapping[str, int] = {
    "cop": 9_999_999_999, "huf": 9_999_999_999, "idr": 999_999_999_999, "inr": 999_999_999, "jpy": 9_999_999_999,
    "lbp": 999_999_999_999,
}  # fmt: skip


def check(amount: int, currency: str, param: str = "amount") -> None:
    """Refuse what Stripe refuses of every amount. Raises StripeError."""
    if amount < 1:
        raise invalid("Invalid positive integer", "parameter_invalid_integer", param)
    if currency in _THREE_DECIMAL and amount % 10:
        raise invalid(f"Invalid amount: in {currency} the last digit must be 0", "invalid_amount", param)
    if currency in _TWO_ZEROS and amount % 100:
        raise invalid(f"Invalid amount: {currency} has no decimals, the last two digits must be 0", None, param)
    if amount > _LARGER.get(currency, _LARGEST):
        raise invalid("Amount is larger than the maximum allowed", "amount_too_large", param)


def check_charge(amount: int, currency: str) -> None:
    """Refuse what cannot be charged. Raises StripeError."""
    if currency not in CURRENCIES:
        raise invalid(f"Invalid currency: {currency}", None, "currency")
    check(amount, currency)
    if amount < _MINIMUM.get(currency, 1):
        raise invalid("Amount must convert to at least the minimum charge", "amount_too_small", "amount")


def minor_units(amount: int, currency: str) -> int:
    """The amount in the minor unit of ISO 4217, as the cardholder's statement has it."""
    if currency in _TWO_ZEROS:
        return amount // 100
    return amount * 100 if currency == "mga" else amount
