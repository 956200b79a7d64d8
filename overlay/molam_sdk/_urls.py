"""Checks the addresses that calls may go to."""

from __future__ import annotations

import re

from .errors import ConfigurationError

_VISIBLE = re.compile(r"[\x21-\x5b\x5d-\x7e]{1,2048}").fullmatch


def check_url(name: str, value: object, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """Return an absolute URL that begins with one of `schemes` and names a host."""
    from urllib.parse import urlsplit

    if isinstance(value, str) and _VISIBLE(value):
        try:
            parts = urlsplit(value)
            if parts.scheme in schemes and parts.hostname and parts.port != 0:
                return value
        except ValueError:
            pass
    raise ConfigurationError(f"{name} must be an absolute URL: {'://, '.join(schemes)}://")


def check_base_url(name: str, value: object) -> str:
    """Return an API base without its trailing slash: https, or http to this machine only."""
    base = check_url(name, value)
    if "@" in base:
        raise ConfigurationError(f"{name} must not contain a user name or password")
    if "#" in base or "?" in base:
        raise ConfigurationError(f"{name} must not contain a query or a fragment")
    if not base.lower().startswith("https:") and not is_loopback(base):
        raise ConfigurationError(f"{name} must use https; http is for this machine only")
    return base.rstrip("/")


def host_of(url: str) -> str:
    """Return the host name of a checked URL, in lower case."""
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or ""


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine: localhost, 127.0.0.0/8 or ::1."""
    host = host_of(url)
    if host == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
