"""Decides which IP addresses are public, whatever the running Python thinks of them.

After IANA's registries of special-purpose addresses (RFC 6890), as of 2025; what is not listed there is public. Of
IPv6 only what is given out to networks (2000::/3) can be.
"""

import ipaddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers' NAT; Alibaba's metadata is here
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own server, seen from every virtual machine there
        "169.254.0.0/16",  # link-local; most clouds' metadata is here
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata is here
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments; Teredo and ORCHID are here
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds an IPv4 address
        "3fff::/20",  # documentation
    )
)


def is_public(address: IPAddress) -> bool:
    """Whether packets to this address leave every private network, and reach one host and no tunnel."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in network for network in _SPECIAL_V4)
    inside = address in _IPV6_UNICAST and not any(address in network for network in _SPECIAL_V6)
    return inside and address.is_global and address.scope_id is None
