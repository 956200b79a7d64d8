"""The hosts of Molam's environments and regions."""

from __future__ import annotations

from typing import Final, Literal

from ..errors import ConfigurationError

Environment = Literal["production", "staging", "sandbox", "local"]

BASE_URLS: Final[dict[str, str]] = {
    "production": "https://api.molam.com",
    "staging": "https://staging-api.molam.com",
    "sandbox": "https://sandbox.api.molam.io",
    "local": "http://127.0.0.1:8080",
}
REGION: Final = "{region}"
REGION_TEMPLATE: Final = f"https://{REGION}.api.molam.com"
REGIONS: Final = ("us-east", "eu-west", "ap-south")

_HOSTS = {
    "api.molam.com": "production",
    "staging-api.molam.com": "staging",
    "sandbox.api.molam.io": "sandbox",
}


def environment(name: str, value: object) -> str | None:
    """Return the name of an environment."""
    if value is None or (isinstance(value, str) and value in BASE_URLS):
        return value
    raise ConfigurationError(f"{name} must be one of {', '.join(BASE_URLS)}")


def environment_of_host(host: str) -> str | None:
    """Return the environment that one of Molam's own hosts belongs to, None for any other host."""
    name = host.lower().rstrip(".")
    if name.endswith(".api.molam.com"):
        return "production"
    return _HOSTS.get(name)


def environment_of_key(livemode: bool | None) -> str:
    """Return the environment that a key decides: sandbox for test keys, else production."""
    return "sandbox" if livemode is False else "production"
