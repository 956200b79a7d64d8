"""Checks the extra headers that a caller adds to requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .._shapes import is_mapping
from ..errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,255}").fullmatch
_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\x20-\x7e\t]{0,8190}[\x21-\x7e])?)?").fullmatch
_OWN = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "idempotency-key",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def check_headers(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return extra request headers with their names in lower case.

    Raises:
        ConfigurationError: For a name or value that HTTP does not allow (CR, LF, non-ASCII), and for headers that the
            SDK itself sets.
    """
    return tuple(dict(_checked(name, value) for name, value in _items(headers)).items())


def _items(headers: object) -> Iterable[tuple[object, object]]:
    if not is_mapping(headers):
        raise ConfigurationError("headers must be a mapping of names to values")
    return headers.items()


def _checked(name: object, value: object) -> tuple[str, str]:
    if not isinstance(name, str) or not _NAME(name):
        raise ConfigurationError("a header name must be a token of visible ASCII characters")
    lower = name.lower()
    if lower in _OWN or lower.startswith("molam-"):
        raise ConfigurationError(f"the SDK sets the header {lower} itself; use its own option")
    if not isinstance(value, str) or not _VALUE(value):
        raise ConfigurationError(f"the header {lower} must hold visible ASCII characters")
    return lower, value
