"""Checks the addresses that calls may go to."""

from __future__ import annotations

import re

from ._environments import REGION
from ._shapes import is_mapping
from .errors import ConfigurationError

_VISIBLE = r"[\x21-\x5b\x5d-\x7e]{1,2048}"
_REGION_NAME = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"


def url(name: str, value: object, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """Return an absolute URL that begins with one of `schemes` and names a host."""
    from urllib.parse import urlsplit

    if isinstance(value, str) and re.fullmatch(_VISIBLE, value):
        try:
            parts = urlsplit(value)
            if parts.scheme in schemes and parts.hostname and parts.port != 0:
                return value
        except ValueError:
            pass
    raise ConfigurationError(f"{name} must be an absolute URL that begins with {schemes[0]}:// and names a host")


def base_url(name: str, value: object) -> str:
    """Return an API base without its trailing slash: https, or http to this machine only."""
    base = url(name, value)
    if "@" in base:
        raise ConfigurationError(f"{name} must not contain a user name or password")
    if "#" in base or "?" in base:
        raise ConfigurationError(f"{name} must not contain a query or a fragment")
    if not base.lower().startswith("https:") and not is_loopback(base):
        raise ConfigurationError(f"{name} must use https; http is for this machine only")
    return base.rstrip("/")


def base_template(name: str, value: object) -> str | None:
    """Return an API base that may contain `{region}`."""
    if value is None:
        return None
    if isinstance(value, str) and REGION in value:
        base_url(name, value.replace(REGION, "region"))
        return value.rstrip("/")
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
    """Return the URL of a proxy."""
    return None if value is None else url(name, value, ("http", "https", "socks5", "socks5h"))


def host_of(address: str) -> str:
    """Return the host name of a checked URL, in lower case."""
    from urllib.parse import urlsplit

    return urlsplit(address).hostname or ""


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
