"""Checks the Standard Webhooks headers that are sent beside Molam-Signature."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hmac import compare_digest, digest

from ._signature import (
    MAX_SIGNATURES,
    check_time,
    header_text,
    malformed,
    seconds_of,
    unusable_secret,
)
from .errors import SignatureError

_MAX_DIGITS = 16


def check_standard_signature(
    headers: Mapping[str, str] | None,
    body: bytes,
    secret: str | Sequence[str] | None,
    *,
    tolerance: float,
    now: float,
) -> None:
    """Raise SignatureError unless `webhook-signature` is that of id, timestamp and body."""
    if headers is None:
        raise SignatureError("the headers of the webhook are missing", reason="missing_header")
    found = {
        name.lower(): value
        for name, value in headers.items()
        if name.lower() in ("webhook-id", "webhook-timestamp", "webhook-signature")
    }
    message_id = header_text(found.get("webhook-id"), "webhook-id")
    timestamp = header_text(found.get("webhook-timestamp"), "webhook-timestamp")
    presented = header_text(found.get("webhook-signature"), "webhook-signature").split()
    if not timestamp.isdigit() or len(timestamp) > _MAX_DIGITS:
        raise malformed("webhook-timestamp")
    check_time(seconds_of(timestamp), tolerance, now)
    if len(presented) > MAX_SIGNATURES:
        raise SignatureError(f"webhook-signature carries more than {MAX_SIGNATURES} signatures", reason="too_large")
    secrets = (secret,) if isinstance(secret, str) else secret or ()
    keys = [key for item in secrets if (key := _key(item))]
    if not keys:
        raise unusable_secret()
    signed = b"%b.%b.%b" % (message_id.encode(), timestamp.encode(), body)
    matched = False
    for key in keys:
        expected = "v1," + b64encode(digest(key, signed, "sha256")).decode()
        for signature in presented:
            matched |= compare_digest(expected, signature)
    if not matched:
        raise SignatureError("webhook-signature does not match the body", reason="mismatch")


def _key(secret: object) -> bytes:
    """Return the base64-decoded part after `whsec_`, nothing where it is not base64."""
    try:
        return b64decode(secret.removeprefix("whsec_"), validate=True) if isinstance(secret, str) else b""
    except ValueError:
        return b""
