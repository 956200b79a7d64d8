"""Checks the Standard Webhooks headers that are sent beside Molam-Signature."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hmac import compare_digest, digest

from .._shapes import is_list, is_mapping
from ..errors import SignatureError
from .signature import (
    MAX_BODY,
    MAX_SIGNATURES,
    check_time,
    checked_tolerance,
    header_text,
    malformed,
    seconds_of,
    too_long,
    unusable_secret,
)

_ID, _TIMESTAMP, _SIGNATURE = _NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")
_LONGEST_NAME = max(map(len, _NAMES))
_MAX_HEADERS = 1000
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
    tolerance = checked_tolerance(tolerance)
    found = _ours(headers)
    message_id, timestamp, presented = (header_text(found.get(name), name) for name in _NAMES)
    signatures = presented.split()
    if not timestamp.isdigit() or len(timestamp) > _MAX_DIGITS:
        raise malformed(_TIMESTAMP)
    check_time(seconds_of(timestamp), tolerance, now)
    if len(signatures) > MAX_SIGNATURES:
        raise SignatureError(f"{_SIGNATURE} carries more than {MAX_SIGNATURES} signatures", reason="too_large")
    keys = _keys(secret)
    if len(body) > MAX_BODY:
        raise too_long()
    signed = b"%b.%b.%b" % (message_id.encode(), timestamp.encode(), body)
    matched = False
    for key in keys:
        expected = "v1," + b64encode(digest(key, signed, "sha256")).decode()
        for signature in signatures:
            matched |= compare_digest(expected, signature)
    if not matched:
        raise SignatureError(f"{_SIGNATURE} does not match the body", reason="mismatch")


def _ours(headers: object) -> dict[str, str]:
    """Return the three headers by their names in lower case; whatever else there is, is not looked at.

    Two spellings of a name with two values are refused: the application might read the one that nobody has signed.
    """
    if headers is None:
        raise SignatureError("the headers of the webhook are missing", reason="missing_header")
    if not is_mapping(headers):
        raise TypeError(f"headers must map names to values, not be {type(headers).__name__}")
    if len(headers) > _MAX_HEADERS:
        raise SignatureError(f"there are more than {_MAX_HEADERS} headers", reason="too_large")
    found: dict[str, str] = {}
    for name, value in headers.items():
        if not isinstance(name, (str, bytes)):
            raise TypeError(f"a header's name must be str or bytes, not {type(name).__name__}")
        if len(name) > _LONGEST_NAME:
            continue
        plain = (name if isinstance(name, str) else name.decode("latin-1")).lower()
        if plain in _NAMES:
            text = header_text(value, plain)
            if found.setdefault(plain, text) != text:
                raise malformed(plain)
    return found


def _keys(secret: object) -> list[bytes]:
    """Return the keys to try; SignatureError where there is none, TypeError for what is no text."""
    keys = [_key(item) for item in (secret if is_list(secret) else (secret,))]
    usable = [key for key in keys if key]
    if not usable:
        raise unusable_secret()
    return usable


def _key(secret: object) -> bytes:
    """Return the base64-decoded part after `whsec_`, nothing where it is not base64."""
    if secret is None:
        return b""
    if not isinstance(secret, str):
        raise TypeError(f"a signing secret must be a str, not {type(secret).__name__}")
    try:
        return b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return b""
