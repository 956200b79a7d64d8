"""Decides which URLs webhooks may be sent to, so that the gateway cannot be aimed at its own network."""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from .public_addresses import is_public

LIVE_PORTS = frozenset({443, 8443})
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)
_INTERNAL_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".invalid")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST = 2048


class RefusedUrlError(ValueError):
    """The URL is not one that webhooks may be sent to; the message says why."""


def check_url(url: str, *, sandbox: bool) -> None:
    """Refuse a URL that cannot be right whatever its name resolves to.

    Live mode allows https to public hosts on 443 or 8443 only; the sandbox any port, and http on loopback.
    Raises RefusedUrlError.
    """
    if len(url) > _LONGEST:
        raise RefusedUrlError("The URL is too long.")
    if not url.isascii() or any(character.isspace() or not character.isprintable() for character in url):
        raise RefusedUrlError("The URL must be printable ASCII without spaces.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise RefusedUrlError("The URL cannot be parsed.") from None
    if "[" in parts.netloc and ":" not in host:
        raise RefusedUrlError("The URL must have an IPv6 address, or nothing, in brackets.")
    if "@" in parts.netloc:
        raise RefusedUrlError("The URL must not contain user information.")
    if "#" in url:
        raise RefusedUrlError("The URL must not contain a fragment.")
    if "\\" in url or "%" in parts.netloc:
        raise RefusedUrlError("The URL must not contain a backslash, nor a percent sign in its host.")
    if sandbox and parts.scheme in ("http", "https") and host in _LOOPBACK_NAMES:
        return
    if parts.scheme != "https":
        raise RefusedUrlError("The URL must begin with https://.")
    if not sandbox and port not in (None, *LIVE_PORTS):
        raise RefusedUrlError("The port must be 443 or 8443.")
    _check_host(host)


def check_addresses(addresses: Iterable[str], *, sandbox: bool) -> None:
    """Refuse a host that resolves to any address which is not public; in the sandbox, one of loopback only is allowed.

    The refusal does not repeat the addresses: it is shown to whoever chose the name. Raises RefusedUrlError.
    """
    try:
        parsed = [ipaddress.ip_address(address) for address in addresses]
    except ValueError:
        raise RefusedUrlError("The host has an address that is none.") from None
    if not parsed:
        raise RefusedUrlError("The host has no address.")
    if sandbox and all(address.is_loopback for address in parsed):
        return
    if not all(map(is_public, parsed)):
        raise RefusedUrlError("The host has an address that is not public.")


def _check_host(host: str) -> None:
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        if host.endswith(_INTERNAL_SUFFIXES) or not _HOST_NAME.fullmatch(host):
            raise RefusedUrlError("The host must be a public host name or address.") from None
        return
    if not is_public(literal):
        raise RefusedUrlError("The host must be a public host name or address.")
