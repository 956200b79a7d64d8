"""Says what must become of a delivery: an own reading of the headers, with `hmac` and nothing of the SDK."""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

from tests.webhooks.deliveries import SECRETS, Delivery

_ITEM = re.compile(r"[ \t]*([^=,]*)=([^,]*?)[ \t]*(?:,|\Z)")
_OURS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def is_misuse(made: Delivery) -> bool:
    """Whether the caller passes what is no header at all, or no tolerance: no reason to doubt the webhook."""
    if not 0 <= made.tolerance < 10**308:
        return True
    if made.standard is None:
        return made.header is not None and not isinstance(made.header, (str, bytes))
    if any(not isinstance(name, (str, bytes)) for name in made.standard):
        return True
    values = [value for name, value in made.standard.items() if _plain(name) in _OURS]
    return any(value is not None and not isinstance(value, (str, bytes)) for value in values)


def is_proven(made: Delivery) -> bool:
    """Whether somebody who knows a secret of the receiver has signed this body at an acceptable time."""
    return _molam(made) if made.standard is None else _standard(made.standard, made)


def is_event(body: bytes) -> bool:
    """Whether a body is a JSON object with an id and a type that are strings."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and all(isinstance(document.get(name), str) for name in ("id", "type"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _molam(made: Delivery) -> bool:
    text = made.header.decode("latin-1") if isinstance(made.header, bytes) else str(made.header)
    items: list[tuple[str, str]] = _ITEM.findall(text)
    times = [value for name, value in items if name == "t"]
    if len(times) != 1 or not _is_timely(times[0], made):
        return False
    pairs: list[tuple[str, str | None]] = []
    for name, value in items:
        if name == "v1":
            pairs.append((value, None))
        elif name == "kid" and pairs:
            pairs[-1] = (pairs[-1][0], value)
    signed = times[0].encode() + b"." + made.body
    return any(
        hmac.new(secret.encode("utf-8", "surrogatepass"), signed, "sha256").hexdigest() == v1
        for v1, kid in pairs
        for secret in _secrets(made.secret, kid)
    )


def _secrets(secret: Any, kid: str | None) -> list[str]:
    if isinstance(secret, str):
        found = [secret]
    elif isinstance(secret, Mapping) or callable(secret):
        found = [SECRETS[kid]] if kid in SECRETS else [] if kid else list(SECRETS.values())
    else:
        found = list(secret or ())
    return [each for each in found if each.strip()]


def _standard(headers: Mapping[Any, Any], made: Delivery) -> bool:
    ours: dict[str, set[str]] = {}
    for name, value in headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        ours.setdefault(_plain(name), set()).add(text)
    values = [ours.get(name, set()) for name in _OURS]
    if any(len(found) != 1 for found in values):
        return False
    message_id, digits, presented = (next(iter(found)) for found in values)
    if not _is_timely(digits, made):
        return False
    signed = f"{message_id}.{digits}.".encode("utf-8", "surrogatepass") + made.body
    for secret in _secrets(made.secret, None):
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            continue
        expected = base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()
        if key and f"v1,{expected}" in presented.split():
            return True
    return False


def _plain(name: Any) -> str:
    return (name.decode("latin-1") if isinstance(name, bytes) else str(name)).lower()


def _is_timely(digits: str, made: Delivery) -> bool:
    if not re.fullmatch(r"[0-9]{1,16}", digits, re.ASCII):
        return False
    moment = int(digits) / 1000 if len(digits) >= 12 else int(digits)
    try:
        return abs(made.now - moment) <= made.tolerance
    except OverflowError:
        return False
