"""What a customer types to say which payment it is: short, unmistakable, in any case and with spaces."""

import re
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capitals without those that look alike: no 0, O, 1, I and L."""

LENGTH = 10
"""Fits the 12 characters of M-Pesa's AccountReference; 31 ** 10 references cannot be guessed one by one."""

_IGNORED = re.compile(r"[^0-9A-Za-z]+")


def generated(random_bits: Callable[[int], int]) -> str:
    """A new reference from a source of random bits."""
    number = random_bits(128)
    letters: list[str] = []
    for _ in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def typed(text: str) -> str | None:
    """The reference that somebody typed, in whatever case and with spaces or hyphens; None if it cannot be one."""
    plain = _IGNORED.sub("", text).upper()
    return plain if len(plain) == LENGTH and all(each in ALPHABET for each in plain) else None
