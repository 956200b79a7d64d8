"""Under which name an address is counted."""

import ipaddress
from functools import lru_cache

UNKNOWN = "unknown"
_IPV6_PREFIX = 64


@lru_cache(maxsize=1024)
def source_of(address: str | None) -> str:
    """An IPv4 address by itself; an IPv6 address by its /64, since whoever has one of these has all of them."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            packed = parsed.packed[: _IPV6_PREFIX // 8].ljust(16, b"\0")
            return f"{ipaddress.IPv6Address(packed)}/{_IPV6_PREFIX}"
        parsed = parsed.ipv4_mapped
    return str(parsed)
