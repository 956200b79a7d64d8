"""Paystack's webhooks: authentic if signed with the secret key, read as hints to ask."""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..inbound import ForgedError, News, Report, UnreadableError
from .references import ours

SIGNATURE = "x-paystack-signature"

_HEX = re.compile(r"[0-9a-f]{128}", re.ASCII)


def verify(body: bytes, headers: Mapping[str, str], secret_key: str) -> None:
    """Check the HMAC-SHA512 of the raw body. Raises ForgedError.

    Nothing says when it was signed, so an old one is as authentic as a new one: what it says is never believed, only
    asked about.
    """
    given = headers.get(SIGNATURE, "")
    if not _HEX.fullmatch(given):
        raise ForgedError("there is no signature of Paystack's")
    if not hmac.compare_digest(given, hmac.digest(secret_key.encode(), body, "sha512").hex()):
        raise ForgedError("the signature is not of this body")


def read(body: bytes) -> Sequence[Report]:
    """News of the charge, refund or transfer that an event names. Raises UnreadableError."""
    try:
        event: object = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("Paystack's webhooks are JSON") from None
    if not isinstance(event, dict):
        raise UnreadableError("Paystack's webhooks are objects")
    members = cast(dict[str, Any], event)
    name, data = members.get("event"), members.get("data")
    if not isinstance(name, str) or not isinstance(data, dict):
        raise UnreadableError("Paystack's webhooks have an event and its data")
    return _news(name, cast(dict[str, Any], data))


def _news(event: str, data: Mapping[str, Any]) -> Sequence[Report]:
    if event.startswith("refund."):
        named = [data.get("merchant_note"), ours(data.get("transaction_reference"))]
    elif event.startswith(("charge.", "transfer.")):
        named = [ours(data.get("reference"))]
    else:
        return ()
    reference = next((each for each in named if isinstance(each, str) and each.startswith("molam_")), None)
    if reference is None:
        return ()
    subject = data.get("id") or data.get("refund_reference") or data.get("reference") or reference
    key = f"{event}:{subject}:{data.get('status')}"[:255]
    return (News(key, reference=reference),)
