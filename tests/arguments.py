"""Checks what the long runs are told on their command lines."""

from __future__ import annotations

from argparse import ArgumentTypeError


def at_least_one(word: str) -> int:
    """Return how many: a whole number above 0."""
    if word.isascii() and word.isdigit() and int(word) > 0:
        return int(word)
    raise ArgumentTypeError(f"{word!r} is not a whole number above 0")
