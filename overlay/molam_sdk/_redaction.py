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
_NUMBERS = r"(?<![\w.-])(?:\+?\d(?:[ -]?\d){8,18}|[A-Z]{2}\d{2}[A-Z0-9]{11,30})(?![\w-])"


class Secret(str):
    """A string whose repr shows its kind only, so that tracebacks with locals stay harmless."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(mask_secret(self))


def redact(text: str) -> str:
    """Return `text` without credentials and e-mail addresses, and with only the last four digits of long numbers."""
    return re.sub(_NUMBERS, _mask_match, re.sub(_SECRETS, _mask_secret, text, flags=re.IGNORECASE))


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
    return mask_number(match[0])
