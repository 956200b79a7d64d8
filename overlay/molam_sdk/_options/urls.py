"""Checks the addresses that calls may go to."""

from __future__ import annotations

import re

from .._shapes import is_mapping
from ..errors import ConfigurationError
from .environments import REGION

_VISIBLE = r"[\x21-\x5b\x5d-\x7e]{1,2048}"
_REGION_NAME = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"


def url(name: str, value: object, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """Return an absolute URL that begins with one of `schemes` and names a host."""
    from urllib.parse import urlsplit

    if isinstance(value, str) and re.fullmatch(_VISIBLE, value):
        try:
            parts = urlsplit(value)
            if parts.scheme in schemes and parts.port != 0 and _is_host(parts.hostname or ""):
                return value
        except ValueError:
            pass
    raise ConfigurationError(f"{name} must be an absolute URL that begins with {schemes[0]}:// and names a host")


def base_url(name: str, value: object) -> str:
    """Return an API base without its trailing slash: https, or http to this machine only."""
    base = url(name, value)
    if "@" in base:
        raise ConfigurationError(f"{name} must not contain a user name or password")
    if "{" in base or "}" in base:
        raise ConfigurationError(f"{name} must not contain braces, except for {REGION} in api_base")
    if "#" in base or "?" in base:
        raise ConfigurationError(f"{name} must not contain a query or a fragment")
    if not base.lower().startswith("https:") and not is_loopback(base):
        raise ConfigurationError(f"{name} must use https; http is for this machine only")
    return _lower_origin(base)


def base_template(name: str, value: object) -> str | None:
    """Return an API base that may contain `{region}`."""
    if value is None:
        return None
    if isinstance(value, str) and REGION in value:
        base_url(name, value.replace(REGION, "region"))
        return _lower_origin(value)
    return base_url(name, value)


def region(name: str, value: object) -> str | None:
    """Return the name of a region, which becomes a part of a host name."""
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(_REGION_NAME, value):
        return value
    raise ConfigurationError(f"{name} must be a region such as eu-west")


def region_hosts(name: str, value: object) -> dict[str, str] | None:
    """Return the API base of each region by its name."""
    if value is None:
        return None
    if not is_mapping(value) or not value or "auto" in value or None in value:
        raise ConfigurationError(f"{name} must be a mapping from region names to base URLs")
    return {region(name, key) or "": base_url(f"{name}[{key!r}]", base) for key, base in value.items()}


def proxy(name: str, value: object) -> str | None:
    """Return the URL of a proxy, which has no path."""
    if value is None:
        return None
    address = url(name, value, ("http", "https", "socks5", "socks5h"))
    if "/" in address.partition("://")[2].rstrip("/") or "?" in address or "#" in address:
        raise ConfigurationError(f"{name} must end with its host and port; percent-encode the password")
    return address


def is_socks(address: str | None) -> bool:
    """Whether the URL of a proxy says that it speaks SOCKS, not HTTP."""
    return address is not None and address.lower().startswith(("socks5://", "socks5h://"))


def _is_host(host: str) -> bool:
    """Whether a host may be asked for: names have labels of 1 to 63 characters (RFC 1035), addresses have colons."""
    return ":" in host or all(0 < len(label) <= 63 for label in host.removesuffix(".").split("."))


def _lower_origin(base: str) -> str:
    """Return a base URL as it is compared: scheme and host in lower case, no slash at the end."""
    scheme, _, rest = base.rstrip("/").partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{authority.lower()}{slash}{path}"


def host_of(address: str) -> str:
    """Return the host name of a checked URL, in lower case."""
    from urllib.parse import urlsplit

    return urlsplit(address).hostname or ""


def server_name(host: str) -> str:
    """Return a host as TLS and certificates call it: without the dot that ends a name in DNS (RFC 6066, section 3)."""
    return host.removesuffix(".")


def is_loopback(address: str) -> bool:
    """Whether a URL's host is this machine: localhost, 127.0.0.0/8 or ::1."""
    host = host_of(address)
    if host == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
