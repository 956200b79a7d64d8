"""The unguessable part of a callback's address: of one attempt, with nothing stored, or of a configuration.

All of it is hexadecimal, so that it spells none of the words that providers refuse in addresses.
"""

import hmac
from collections.abc import Iterable

from .ids import base62, from_base62

_PREFIX = "at_"
_ID = 32
_MAC = 32
ATTEMPT_TOKEN_LENGTH = _ID + _MAC


def of_attempt(attempt_id: str, key: bytes) -> str:
    """The token of an attempt: its id as a number and a MAC over it."""
    number = f"{from_base62(attempt_id.removeprefix(_PREFIX)):0{_ID}x}"
    return number + _mac(number, key)


def attempt_of(token: str, keys: Iterable[bytes]) -> str | None:
    """The id of the attempt whose token this is under one of the keys; None for every other text."""
    if len(token) != ATTEMPT_TOKEN_LENGTH or not set(token) <= set("0123456789abcdef"):
        return None
    number, mac = token[:_ID], token[_ID:]
    if not any(hmac.compare_digest(mac, _mac(number, key)) for key in keys):
        return None
    return _PREFIX + base62(int(number, 16))


def _mac(number: str, key: bytes) -> str:
    return hmac.digest(key, f"callback of {number}".encode(), "sha256").hex()[:_MAC]
