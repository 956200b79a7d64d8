"""Tells who sent a request that may have come through proxies."""

import ipaddress
from collections.abc import Sequence
from typing import TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks in CIDR notation, or single addresses. Raises ValueError."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def sender(peer: str | None, forwarded_for: str, trusted: Sequence[Network]) -> str | None:
    """The address of the sender: the peer's, or behind trusted proxies the right-most one that is no proxy's.

    What stands further left in X-Forwarded-For was written by the sender and means nothing.
    """
    address = peer
    for entry in reversed([each.strip() for each in forwarded_for.split(",") if each.strip()]):
        if not is_within(address, trusted):
            return address
        if _parsed(entry) is None:
            return None
        address = entry
    return address


def is_within(address: str | None, trusted: Sequence[Network]) -> bool:
    """Whether an address is one of these networks'."""
    parsed = None if address is None else _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
