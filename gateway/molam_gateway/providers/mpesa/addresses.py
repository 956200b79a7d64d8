"""Which addresses Daraja calls back at, and which it calls from."""

import ipaddress
import re
from urllib.parse import urlsplit

from ..configuration import ConfigurationError

_FORBIDDEN = re.compile(r"m-?pesa|safaricom|exec?|cmd|sql|query", re.IGNORECASE)

SOURCES = frozenset(
    {
        "196.201.212.69", "196.201.212.74", "196.201.212.127", "196.201.212.128", "196.201.212.129",
        "196.201.212.132", "196.201.212.136", "196.201.212.138", "196.201.213.44", "196.201.213.114",
        "196.201.214.200", "196.201.214.206", "196.201.214.207", "196.201.214.208",
    }
)  # fmt: skip
"""As integrators report them; Safaricom publishes no list, so the check is off unless it is asked for."""


def forbidden_word(url: str) -> str | None:
    """The first word in a URL for which Daraja refuses it, None if there is none."""
    found = _FORBIDDEN.search(url)
    return None if found is None else found[0]


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_public_url(url: str) -> None:
    """Refuse a base that callbacks could not reach. Raises ConfigurationError."""
    word = forbidden_word(url)
    if word is not None:
        raise ConfigurationError(
            f"public_url: Daraja refuses callback addresses with {word!r} in them: use another host"
        )
    if not url.startswith("https://") and not is_loopback(url):
        raise ConfigurationError("public_url: Daraja calls back over https only: serve the gateway there")


def is_source(address: str | None) -> bool:
    """Whether a callback comes from one of Safaricom's addresses."""
    if address is None:
        return False
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed) in SOURCES
