"""Who may call the simulator, and how often."""

import base64
import binascii
import re
from collections.abc import Mapping

from .errors import invalid, too_many

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")


def check_key(authorization: str | None, keys: Mapping[str, bool]) -> None:
    """Refuse a key that is not the account's, or that may do nothing (its value is False). Raises StripeError."""
    key = _key(authorization)
    if key is None:
        raise invalid("You did not provide an API key.", status=401)
    if key not in keys:
        raise invalid(f"Invalid API Key provided: {key[:8]}****{key[-4:]}", "api_key_invalid", status=401)
    if not keys[key]:
        raise invalid("The provided key does not have the required permissions for this endpoint.", status=403)


def check_version(version: str | None) -> None:
    """Refuse a version that is none. Raises StripeError."""
    if version is not None and _VERSION.fullmatch(version) is None:
        raise invalid(f"Invalid Stripe API version: {version}")


class Meter:
    """Counts the requests of each second, reads and writes by themselves."""

    def __init__(self) -> None:
        self._second = 0
        self._counts: dict[bool, int] = {}

    def count(self, now: float, limit: int | None, *, write: bool) -> None:
        """Refuse what is too much. Raises StripeError."""
        if int(now) != self._second:
            self._second, self._counts = int(now), {}
        self._counts[write] = self._counts.get(write, 0) + 1
        if limit is not None and self._counts[write] > limit:
            raise too_many("rate_limit")


def _key(authorization: str | None) -> str | None:
    scheme, _, value = (authorization or "").partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip() or None
        case "basic":
            try:
                return base64.b64decode(value, validate=True).decode().partition(":")[0] or None
            except (binascii.Error, UnicodeDecodeError):
                return None
        case _:
            return None
