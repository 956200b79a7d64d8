"""Masks secrets, account numbers, phone numbers and e-mail addresses in what is logged or shown."""

from __future__ import annotations

import re

MASK = "***"

_SECRETS = (
    r"(?P<key>sk_(?:test|live)_)[\x21-\x7e]+"
    r"|(?P<hook>whsec_)[\x21-\x7e]+"
    r"|(?P<jwt>\beyJ)[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?P<auth>\b(?:Bearer|Basic)\s)\s*[\x21-\x7e]+"
    r"|(?P<user>://)[^\s/]+@"
    r"|(?P<mail>(?<![\w.%+-])[\w.%+-]{1,64}@)[\w-]+(?:\.[\w-]+)+"
)
_DATE = r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!-?\d)"
_IBANS = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "AO CV GW LY MZ PT ST",
    26: "DZ IR IS TR",
    27: "BI CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD",
    28: "AL AZ BF BJ BY CI CY DO GT HN HU LB MA ML NE NI PL SN SV TG",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
"""Countries by the length of their IBANs: the registry's, and those of Africa that are not in it yet."""

_IBAN = "|".join(
    rf"(?:{'|'.join(countries.split())})\d\d(?=[A-Z\d -]{{0,12}}\d\d)(?:[ -]?[A-Z\d]){{{length - 4}}}"
    for length, countries in _IBANS.items()
)
_NUMBERS = (
    rf"(?<![\w.-])(?:(?=[A-Z]{{2}}\d)(?:{_IBAN}|(?-i:[A-Z]{{2}}\d\d[A-Z\d]{{11,30}}))(?!-?\w)"
    rf"|(?P<digits>\+?(?!{_DATE})\d(?:-?\d|[ ](?!{_DATE})\d)*+))"
)
"""IBANs, in groups or not, of whatever case where the country is known; and digits, of which `_mask_match` looks how
many there are: a pattern that counted them would look at long ones again and again."""
_FEWEST_DIGITS = 9


class Secret(str):
    """A string whose repr shows its kind only, so that tracebacks with locals stay harmless."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(mask_secret(self))


def redact(text: str) -> str:
    """Return `text` without credentials and e-mail addresses, and with only the last four digits of long numbers."""
    text = re.sub(_SECRETS, _mask_secret, text, flags=re.IGNORECASE)
    return re.sub(_NUMBERS, _mask_match, text, flags=re.IGNORECASE)


def mask_secret(value: str) -> str:
    """Return the kind of a secret (`sk_test_***`) and nothing of the secret itself."""
    for prefix in ("sk_test_", "sk_live_", "whsec_", "jwt_"):
        if value.startswith(prefix):
            return prefix + MASK
    return MASK


def mask_number(value: str) -> str:
    """Return an account or phone number as its last four characters, a short one as nothing."""
    compact = value.replace(" ", "").replace("-", "")
    return MASK + compact[-4:] if len(compact) >= 8 else MASK


def _mask_secret(match: re.Match[str]) -> str:
    if match["user"]:
        return f"://{MASK}@"
    if match["mail"]:
        return f"{MASK}@{MASK}"
    return next(part for part in match.groups() if part) + MASK


def _mask_match(match: re.Match[str]) -> str:
    """Mask an IBAN, or digits if they are many and no part of a word that goes on."""
    run = match["digits"]
    if run is None:
        return mask_number(match[0])
    number = run
    if re.match(r"-?\w", match.string[match.end() : match.end() + 2]):
        number = run.rpartition(" ")[0]
    if len(re.sub(r"\D", "", number)) < _FEWEST_DIGITS:
        return run
    return mask_number(number) + run[len(number) :]
