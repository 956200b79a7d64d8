"""Makes text of others safe to print: what it holds cannot steer a terminal."""

from __future__ import annotations


def plain(text: object) -> str:
    """The text with everything that does not print written as an escape; line ends stay."""
    return "".join(each if each.isprintable() or each == "\n" else _escaped(each) for each in str(text))


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii") if character != "\t" else " "
