"""The `Molam-*` and Idempotency-Key request headers."""

import re
from collections.abc import Mapping

from starlette.types import Scope

from ..domain.problems import ProblemError

_ATTEMPT_ID = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)


def read(scope: Scope) -> dict[str, str]:
    """The request's headers by lower-case name; a repeated one is joined with commas (RFC 9110, 5.3)."""
    fields: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        fields[key] = f"{fields[key]}, {text}" if key in fields else text
    return fields


def attempt_id(headers: Mapping[str, str]) -> str | None:
    """Molam-Attempt-Id if it may be echoed as it is."""
    value = headers.get("molam-attempt-id", "")
    return value if _ATTEMPT_ID.fullmatch(value) else None


def deadline(headers: Mapping[str, str], longest: float, arrived: float) -> float | None:
    """The monotonic time at which the caller stops waiting (Molam-Deadline-Ms), `longest` seconds at most.

    `arrived` is when the request's head was there: what its body takes counts.
    """
    value = headers.get("molam-deadline-ms", "")
    return arrived + min(int(value) / 1000, longest) if _DIGITS.fullmatch(value) else None


def idempotency_key(headers: Mapping[str, str]) -> str:
    """The key, whether written bare or as a quoted string (RFC 8941). Raises ProblemError."""
    value = headers.get("idempotency-key")
    if value is None:
        raise ProblemError(
            "idempotency_key_missing",
            "Send an Idempotency-Key header: one key per payment, the same one on every repetition.",
            param="Idempotency-Key",
        )
    if len(value) >= 2 and value[0] == value[-1] == '"':
        value = re.sub(r'\\(["\\])', r"\1", value[1:-1])
    if not _VISIBLE_ASCII.fullmatch(value):
        raise ProblemError(
            "idempotency_key_invalid",
            "An Idempotency-Key is 1 to 255 visible ASCII characters.",
            param="Idempotency-Key",
        )
    return value
