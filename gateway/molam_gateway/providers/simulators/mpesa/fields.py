"""Checks the fields of a request as the documentation describes them."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .refusal import RefusalError, invalid

_FORBIDDEN = ("m-pesa", "mpesa", "safaricom", "exe", "exec", "cmd", "sql", "query")
_TUNNELS = ("ngrok", "mockbin", "requestbin", "localtunnel", "loca.lt")
_MSISDN = re.compile(r"254[17][0-9]{8}")


class Fields:
    """The members of a request's body; every method raises RefusalError for what does not fit."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body

    def text(self, name: str, most: int = 255, least: int = 1) -> str:
        """Text of so many characters; numbers are taken for text."""
        value = self._body.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise invalid(name)
        if not least <= len(str(value)) <= most:
            raise invalid(name)
        return str(value)

    def optional(self, name: str, most: int = 100) -> str:
        """Text that may be missing or empty."""
        return self.text(name, most, 0) if self._body.get(name) is not None else ""

    def digits(self, name: str, least: int, most: int) -> str:
        """A number of so many digits."""
        text = self.text(name, most, least)
        if not (text.isascii() and text.isdigit()):
            raise invalid(name)
        return text

    def msisdn(self, name: str) -> str:
        """A Kenyan mobile number."""
        text = self.text(name, 12)
        if not _MSISDN.fullmatch(text):
            raise invalid(name)
        return text

    def is_number(self, name: str) -> bool:
        """Whether it came as a JSON number."""
        return isinstance(self._body.get(name), int)

    def shillings(self, name: str) -> int:
        """A whole amount, at least one."""
        amount = int(self.digits(name, 1, 10))
        if amount < 1:
            raise invalid(name)
        return amount

    def choice(self, name: str, *choices: str) -> str:
        """One of these."""
        text = self.text(name)
        if text not in choices:
            raise invalid(name)
        return text

    def url(self, name: str) -> str:
        """An https address; in the simulator a loopback one may be plain."""
        url = self.text(name, 2048)
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise invalid(name)
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            raise invalid(name)
        return url

    def registrable_url(self, name: str) -> str:
        """An address without the words and hosts that C2B does not allow."""
        url = self.url(name)
        lower = url.lower()
        if any(word in lower for word in _FORBIDDEN) or any(host in lower for host in _TUNNELS):
            raise invalid(name)
        return url


def members(document: object) -> Fields:
    """The fields of a JSON object. Raises RefusalError."""
    if not isinstance(document, dict):
        raise RefusalError(400, "400.002.05", "Invalid Request Payload")
    return Fields(document)  # pyright: ignore[reportUnknownArgumentType] - JSON objects have text for keys


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
