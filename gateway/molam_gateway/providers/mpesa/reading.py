"""Reads Daraja's documents, in which numbers may be strings, lists have no order and members may be missing."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from ..inbound import UnreadableError

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_TEXT = re.compile(r"[\x20-\x7e]{1,255}")

Document = Mapping[str, Any]


def document(body: bytes) -> Document:
    """The JSON object in a message. Raises UnreadableError."""
    try:
        found = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise UnreadableError("the body is no JSON") from None
    return _object(found, "the body")


def inner(outer: Document, name: str) -> Document:
    """A member that is an object. Raises UnreadableError."""
    return _object(outer.get(name), name)


def text(outer: Document, name: str) -> str | None:
    """A member that is printable text or a number, as text; None if it is missing, empty or anything else."""
    value: object = outer.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    written = _written(value)
    return written if _TEXT.fullmatch(written) else None


def needed(outer: Document, name: str) -> str:
    """A member that must be there. Raises UnreadableError."""
    found = text(outer, name)
    if found is None:
        raise UnreadableError(f"{name} is missing or is no text")
    return found


def code(outer: Document, name: str) -> str | None:
    """A result code, "0" for 0 and 0.0 as well."""
    found = text(outer, name)
    return found if found is not None and _CODE.fullmatch(found) else None


def needed_code(outer: Document, name: str) -> str:
    """A result code that must be there. Raises UnreadableError."""
    found = code(outer, name)
    if found is None:
        raise UnreadableError(f"{name} is missing or is no code")
    return found


def pairs(value: object, key: str) -> Mapping[str, Any]:
    """A list of `{key: name, "Value": value}` by name; the first of a name counts, a missing Value is None.

    A single pair may stand without its list.
    """
    listed = cast(Sequence[object], value) if isinstance(value, list) else [value]
    found: dict[str, Any] = {}
    for each in listed:
        if isinstance(each, Mapping):
            pair = cast(Document, each)
            name = pair.get(key)
            if isinstance(name, str):
                found.setdefault(name, pair.get("Value"))
    return found


def _object(value: object, name: str) -> Document:
    if not isinstance(value, Mapping):
        raise UnreadableError(f"{name} is no JSON object")
    return cast(Document, value)


def _written(value: str | int | Decimal) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Decimal):
        whole = value.is_finite() and abs(value) < 10**20 and value == value.to_integral_value()
        return str(int(value)) if whole else str(value)
    return str(value) if abs(value) < 10**40 else ""
