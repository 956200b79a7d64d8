"""What of an object and of a request may be kept for good: named members only, with a second net for their values."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast
from urllib.parse import urlsplit

from ..card_data import contains_card_number
from ..secret_shapes import SHAPES

REDACTED = "[redacted]"

_MONEY = ("amount", "currency", "status", "provider")
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "payment_intent": (
        *_MONEY,
        "amount_capturable",
        "amount_received",
        "amount_refunded",
        "status_reason",
        "provider_reference",
        "capture_method",
        "cancellation_reason",
        "latest_charge",
        "last_error",
        "expires_at",
    ),
    "charge": (
        *_MONEY,
        "payment_intent",
        "amount_captured",
        "amount_refunded",
        "amount_refund_pending",
        "provider_reference",
        "provider_transaction_id",
        "failure_code",
        "attempt_number",
    ),
    "refund": (*_MONEY, "charge", "payment_intent", "reason", "failure_reason", "provider_reference"),
    "payout": (*_MONEY, "failure_code", "provider_reference", "arrives_at"),
    "attempt": (
        *("kind", "state", "amount", "currency", "provider", "provider_reference", "subject", "payment_intent"),
        *("configuration", "failure_code"),
    ),
    "merchant_onboarding": ("status", "country", "requirements"),
    "webhook_endpoint": ("status", "kid", "enabled_events", "url"),
    "webhook_delivery": ("status", "attempts", "event_id", "endpoint_id"),
    "provider_configuration": ("provider", "environment", "enabled", "version", "superseded_at"),
    "operator_case": ("kind", "status", "resolution", "provider", "subject", "payment_intent"),
    "api_key": ("scopes", "revoked_at", "expires_at"),
}
"""By type of object; other types keep `_MONEY` only."""

_FREE_TEXT: Mapping[str, frozenset[str]] = {
    "reason": frozenset({"duplicate", "fraudulent", "requested_by_customer"}),
    "cancellation_reason": frozenset({"duplicate", "fraudulent", "requested_by_customer", "abandoned"}),
}
"""Members in which callers may write what they like, with the words that are kept."""

_CODES = ("code", "decline_code", "provider_code")
_LONGEST = 255
_PHONE = re.compile(r"[0-9](?:[ ().-]{0,2}[0-9]){8,}", re.ASCII)
_SECRET = re.compile("|".join((*SHAPES, r"\b(?:bearer|basic) |-----begin|@|://")), re.IGNORECASE)
_RANDOM = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", re.ASCII)
"""A UUID or as many other hexadecimal digits: some of them look like numbers."""

_PRODUCT = re.compile(r"[A-Za-z][A-Za-z_.-]{0,39}/[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}", re.ASCII)
_MOST_PRODUCTS = 6


def redacted(kind: str, members: Callable[[str], object], label: Callable[[str], str]) -> dict[str, object]:
    """What may be kept of an object; `members` gives a member by name, `label` stands for what must not be kept.

    Raises nothing for members that an object lacks: those are None.
    """
    shown: dict[str, object] = {}
    for name in _ALLOWED.get(kind, _MONEY):
        value = members(name)
        if value is None:
            continue
        if name == "url":
            shown["url_origin"], shown["url_fingerprint"] = _origin(str(value)), label(str(value))
        elif name == "last_error" and isinstance(value, Mapping):
            error = cast(Mapping[str, object], value)
            shown[name] = {code: _safe(error[code]) for code in _CODES if error.get(code) is not None}
        elif name in _FREE_TEXT:
            shown[name] = value if value in _FREE_TEXT[name] else REDACTED
        else:
            shown[name] = _safe(value)
    return shown


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """The members that differ, as they were and as they are; one that is missing on a side is null there."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def scrubbed(text: str) -> str:
    """The text, unless it holds what looks like a card number, a phone number, an address or a secret."""
    examined = _RANDOM.sub("", text)
    if _SECRET.search(text) or _PHONE.search(examined) or contains_card_number(examined):
        return REDACTED
    return text[:_LONGEST]


def products(user_agent: str | None) -> str | None:
    """The `name/version` tokens of a User-Agent; everything else that a client may put there is dropped."""
    if user_agent is None:
        return None
    found = [word for word in user_agent.split() if _PRODUCT.fullmatch(word)]
    return " ".join(found[:_MOST_PRODUCTS]) or None


def _safe(value: object) -> object:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, Sequence):
        return [_safe(each) for each in cast(Sequence[object], value)]
    return REDACTED


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return REDACTED
    host = parts.hostname or ""
    shown = host if ":" not in host else f"[{host}]"
    if _SECRET.search(shown) or contains_card_number(shown):
        return REDACTED
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
