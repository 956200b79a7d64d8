"""Reads a request body as JSON with one meaning: no duplicate members, no NaN, no NUL, no lone surrogates, bounded."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import NoReturn, cast

MAX_DEPTH = 32
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_DOUBTFUL_ESCAPE = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")


class MalformedJsonError(Exception):
    """The bytes are not JSON that every reader understands in the same way; the message says why."""


def parse(raw: bytes) -> object:
    """Parse `raw`, turning integral floats such as `409.0` into integers (a JSON Schema integer includes them).

    Raises MalformedJsonError with a reason that may be shown to the caller.
    """
    check_depth(raw)
    try:
        document = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_float=_number,
        )
    except UnicodeDecodeError:
        raise MalformedJsonError("The body is not valid UTF-8.") from None
    except json.JSONDecodeError as error:
        raise MalformedJsonError(f"{error.msg} at line {error.lineno}, column {error.colno}.") from None
    except ValueError:
        raise MalformedJsonError("A number has too many digits.") from None
    if _DOUBTFUL_ESCAPE.search(raw):
        _check_text(document)
    return document


def check_depth(raw: bytes) -> None:
    """Raise MalformedJsonError for what is nested too deeply to be parsed."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _STRUCTURE.finditer(raw):
        first = token[0][:1]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedJsonError(f"The body is nested more than {MAX_DEPTH} levels deep.")
        elif first in b"]}":
            depth -= 1


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise MalformedJsonError(f"The member {name!r} appears twice in one object.")
            seen.add(name)
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedJsonError(f"{name} is not JSON.")


def _number(text: str) -> int | float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise MalformedJsonError("A number is out of range.")
    if not number.is_integer() or abs(number) > 2**53:
        return number
    if not _equal(text, int(number)):
        raise MalformedJsonError("A number has more digits than can be read without rounding it.")
    return int(number)


def _equal(text: str, number: int) -> bool:
    try:
        return Decimal(text) == number
    except InvalidOperation:  # an exponent beyond what Decimal holds
        return False


def _check_text(document: object) -> None:
    """Refuse strings that are no text, or that not every database keeps."""
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            if "\0" in value:
                raise MalformedJsonError("A string holds the character U+0000, which cannot be stored.")
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise MalformedJsonError("A string holds half of a surrogate pair.") from None
        elif isinstance(value, dict):
            members = cast(dict[str, object], value)
            pending.extend(members.keys())
            pending.extend(members.values())
        elif isinstance(value, list):
            pending.extend(cast(list[object], value))
