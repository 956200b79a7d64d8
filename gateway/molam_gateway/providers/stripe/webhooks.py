"""Stripe's webhooks: whether one is genuine, and whom it is about."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ..inbound import ForgedError, News, UnreadableError
from .forms import CAPTURE, REFERENCE
from .refusals import text

TOLERANCE = 300
"""Seconds by which a signature may be older or newer than now."""

_LONGEST_HEADER = 4096
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_PAYMENTS = frozenset(
    f"payment_intent.{happened}"
    for happened in (
        "amount_capturable_updated",
        "canceled",
        "payment_failed",
        "processing",
        "requires_action",
        "succeeded",
    )
)
_REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
EVENTS = tuple(sorted(_PAYMENTS | _REFUNDS))
"""The events that a webhook endpoint has to be subscribed to; all others say nothing that is not asked for anyway."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The members of a Stripe-Signature that count."""

    timestamp: int
    candidates: tuple[str, ...] = field(repr=False)


def parse(header: str) -> Signature:
    """Take a Stripe-Signature apart. Raises ForgedError."""
    if len(header) > _LONGEST_HEADER:
        raise ForgedError("the signature is too long")
    members = [member.strip().partition("=") for member in header.split(",")]
    timestamps = [value for name, _, value in members if name == "t"]
    if len(timestamps) != 1 or _TIMESTAMP.fullmatch(timestamps[0]) is None:
        raise ForgedError("the signature has not exactly one timestamp")
    candidates = tuple(value for name, _, value in members if name == "v1" and _SIGNATURE.fullmatch(value))
    if not candidates:
        raise ForgedError("the signature has no v1")
    return Signature(int(timestamps[0]), candidates)


def verify(body: bytes, header: str | None, secrets: Sequence[str], now: float) -> None:
    """Check the signature over the raw body, with every secret that is valid. Raises ForgedError."""
    if header is None:
        raise ForgedError("there is no Stripe-Signature")
    if not secrets:
        raise ForgedError("no webhook secret is configured")
    signature = parse(header)
    signed = str(signature.timestamp).encode() + b"." + body
    genuine = False
    for secret in secrets:
        expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        for candidate in signature.candidates:
            genuine |= hmac.compare_digest(expected, candidate)
    if not genuine:
        raise ForgedError("no signature is the endpoint's")
    if abs(now - signature.timestamp) > TOLERANCE:
        raise ForgedError("the signature is too old, or from the future")


def read(body: bytes, account: str, *, livemode: bool) -> Sequence[News]:
    """Which instructions the event is about; none if it is not about ours. Raises UnreadableError.

    Disputes are not read: they change neither a payment's nor a refund's outcome.
    """
    event = _event(body)
    id, type, subject = text(event, "id"), text(event, "type"), _subject(event)
    if id is None or type is None:
        raise UnreadableError("the event has no id or no type")
    if event.get("livemode") is not livemode or event.get("account", account) != account:
        return ()
    if type not in _PAYMENTS | _REFUNDS:
        return ()
    if subject is None:
        raise UnreadableError("the event has no object")
    metadata = subject.get("metadata")
    if not isinstance(metadata, dict):
        return ()
    names = cast(Mapping[str, Any], metadata)
    reference, capture = text(names, REFERENCE), text(names, CAPTURE)
    if reference is None:
        return ()
    news = [News(id, reference=reference, handle=text(subject, "id"))]
    if type in _PAYMENTS and capture is not None:
        news.append(News(f"{id}:capture", reference=capture))
    return news


def _event(body: bytes) -> Mapping[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("the body is not JSON") from None
    if not isinstance(event, dict) or cast(Mapping[str, Any], event).get("object") != "event":
        raise UnreadableError("the body is not an event")
    return cast(Mapping[str, Any], event)


def _subject(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    data = event.get("data")
    subject = cast(Mapping[str, Any], data).get("object") if isinstance(data, dict) else None
    return cast(Mapping[str, Any], subject) if isinstance(subject, dict) else None
