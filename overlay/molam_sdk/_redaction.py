"""Masks secrets, account numbers and phone numbers in what is logged or shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ._shapes import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "***"

_SHOWN_HEADERS = frozenset(
    {
        "accept",
        "accept-language",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "idempotency-key",
        "idempotent-replayed",
        "molam-account",
        "molam-attempt-id",
        "molam-deadline-ms",
        "molam-should-retry",
        "molam-version",
        "original-request-id",
        "request-id",
        "retry-after",
        "server",
        "user-agent",
    }
)
_SECRET_FIELDS = frozenset(
    {
        "api_key",
        "authorization",
        "client_secret",
        "cvc",
        "cvv",
        "passkey",
        "password",
        "pin",
        "secret",
        "token",
        "webhook_secret",
    }
)
_NUMBER_FIELDS = frozenset({"account_number", "card_number", "iban", "msisdn", "pan", "phone"})
_MAX_DEPTH = 32

_SECRETS = (
    r"(?P<key>sk_(?:test|live)_)[\x21-\x7e]+"
    r"|(?P<hook>whsec_)[\x21-\x7e]+"
    r"|(?P<jwt>\beyJ)[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?P<auth>\b(?:Bearer|Basic)\s)\s*[\x21-\x7e]+"
    r"|(?P<user>://)[^\s/]+@"
)
_NUMBERS = r"(?<![\w.-])(?:\+?\d(?:[ -]?\d){8,18}|[A-Z]{2}\d{2}[A-Z0-9]{11,30})(?![\w-])"


class Secret(str):
    """A string whose repr shows its kind only, so that tracebacks with locals stay harmless."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(mask_secret(self))


def redact(text: str) -> str:
    """Return `text` without credentials and with only the last four digits of long numbers."""
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


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with the value of each that is not known to be harmless masked."""
    return {name: redact(value) if name.lower() in _SHOWN_HEADERS else MASK for name, value in headers.items()}


def redact_fields(value: object, *, _depth: int = 0) -> object:
    """Return a JSON value with secret members masked and numbers of people cut to the last four."""
    if isinstance(value, str):
        return redact(value)
    if _depth >= _MAX_DEPTH:
        return MASK
    if is_mapping(value):
        return {name: _redact_field(name, item, _depth + 1) for name, item in value.items()}
    if is_list(value):
        return [redact_fields(item, _depth=_depth + 1) for item in value]
    return value


def _redact_field(name: object, value: object, depth: int) -> object:
    key = name.lower() if isinstance(name, str) else name
    if value is None:
        return None
    if key in _SECRET_FIELDS:
        return MASK
    if key in _NUMBER_FIELDS:
        return mask_number(value) if isinstance(value, str) else MASK
    return redact_fields(value, _depth=depth)


def _mask_secret(match: re.Match[str]) -> str:
    if match["user"]:
        return f"://{MASK}@"
    return next(part for part in match.groups() if part) + MASK


def _mask_match(match: re.Match[str]) -> str:
    return mask_number(match[0])
