"""In which order, and how soon after one another, the addresses of a host are tried (RFC 8305)."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TypeVar

HEAD_START = 0.25
"""Seconds that an address has before the next one is tried beside it; it goes on meanwhile."""

K = TypeVar("K")
V = TypeVar("V")


def interleaved(addresses: list[tuple[K, V]]) -> list[tuple[K, V]]:
    """Return the addresses with their families in turn, the family of the first one first."""
    families: dict[K, list[tuple[K, V]]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    return [address for address in chain(*zip_longest(*families.values())) if address is not None]
