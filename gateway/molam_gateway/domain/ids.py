"""Object ids: a prefix and 128 time-ordered bits in base62."""

import secrets
from collections.abc import Callable
from datetime import datetime

from .times import milliseconds

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_WIDTH = 22
_RANDOM_BITS = 80


def base62(number: int) -> str:
    """A number below 2^128 in 22 digits whose byte order is the numeric order."""
    digits: list[str] = []
    for _ in range(_WIDTH):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def earliest(prefix: str, moment: datetime) -> str:
    """Sorts before every id with this prefix that was made at this moment or later, and after all made before."""
    return f"{prefix}_{base62(milliseconds(moment) << _RANDOM_BITS)}"


def from_base62(text: str) -> int:
    """The number that `base62` wrote. Raises ValueError for other digits."""
    number = 0
    for digit in text:
        number = number * 62 + _ALPHABET.index(digit)
    return number


class IdGenerator:
    """Makes ids that never repeat and, within one generator, always grow.

    48 bits of milliseconds and 80 random ones; ids of one millisecond count up from the first one's random part.
    `randbits` may be that of a seeded `random.Random` for repeatable tests.
    """

    def __init__(self, randbits: Callable[[int], int] = secrets.randbits) -> None:
        self._randbits = randbits
        self._last = 0

    def bits(self, count: int) -> int:
        """So many random bits, for names that are no ids."""
        return self._randbits(count)

    def new(self, prefix: str, now: datetime) -> str:
        """The next id with this prefix (without its underscore)."""
        fresh = milliseconds(now) << _RANDOM_BITS | self._randbits(_RANDOM_BITS - 1)
        same_millisecond = fresh >> _RANDOM_BITS <= self._last >> _RANDOM_BITS
        self._last = self._last + 1 + self._randbits(16) if same_millisecond else fresh
        return f"{prefix}_{base62(self._last)}"
