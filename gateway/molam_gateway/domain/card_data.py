"""Finds card numbers in free text, which must never be stored."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from .problems import ProblemError

_CANDIDATE = re.compile(r"(?<![0-9])(?:[0-9][ -]?){12,18}[0-9](?![0-9])")
_RANGES: Sequence[tuple[int, int, frozenset[int]]] = (
    (4, 4, frozenset({13, 16, 19})),
    (51, 55, frozenset({16})),
    (2221, 2720, frozenset({16})),
    (34, 34, frozenset({15})),
    (37, 37, frozenset({15})),
    (300, 305, frozenset({14})),
    (36, 36, frozenset({14})),
    (38, 39, frozenset({14})),
    (3528, 3589, frozenset({16, 17, 18, 19})),
    (6011, 6011, frozenset({16, 19})),
    (644, 659, frozenset({16, 19})),
    (62, 62, frozenset({16, 17, 18, 19})),
    (5060, 5061, frozenset({16, 18, 19})),
)
"""First and last prefix of an issuer range, and the lengths of its numbers."""

_NOT_FREE_TEXT = frozenset({"account_number", "phone", "bank_code", "amount", "currency", "country"})


def contains_card_number(text: str) -> bool:
    """Whether a run of 13-19 digits (spaces and dashes between them allowed) is a plausible card number."""
    return any(_plausible(re.sub("[ -]", "", found)) for found in _CANDIDATE.findall(text))


def refuse_card_data(body: Mapping[str, object]) -> None:
    """Refuse a request whose free text holds a card number; the number is not repeated in the refusal."""
    for path, text in _texts(body, ""):
        if contains_card_number(text):
            raise ProblemError(
                "card_data_not_allowed",
                "A member looks like a card number: send a payment method token instead.",
                param=path,
            )


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, member in cast(Mapping[str, object], value).items():
            if contains_card_number(key):
                yield path, key
            elif key not in _NOT_FREE_TEXT:
                yield from _texts(member, f"{path}.{key}" if path else key)
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for member in cast(Sequence[object], value):
            yield from _texts(member, path)


def _plausible(digits: str) -> bool:
    in_range = any(
        len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last for first, last, lengths in _RANGES
    )
    return in_range and _luhn(digits)


def _luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + position % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
