"""Reads the settings from environment variables, and shows them."""

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import Field, fields, replace
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

from . import environment
from .settings import SAYS, SECRET, Settings

MASK = "[set]"
LIVE_DELIVERY_TIMEOUT = 15.0
LIVE_RATE_LIMITS: Mapping[str, str] = {
    "read": "100/second",
    "write": "50/second",
    "auth": "20/minute",
    "refused": "30/minute",
    "flood": "300/minute",
}

_NOT_READ = frozenset({"livemode"})
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
_WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)
_ORIGIN = re.compile(r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?", re.ASCII)
_HOST = re.compile(r"\[[0-9a-f:.]+\]|[a-z0-9.-]+", re.ASCII)
_REDIS = ("redis://", "rediss://", "unix://")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MAY_BE_NOTHING = frozenset({"drain_delay"})
_LEAST = {"idempotency_retention": 86_400.0, "database_connections": 2}

Reader: TypeAlias = Callable[[str], object]


class SettingError(ValueError):
    """A variable cannot be read; the message names it and says what to write, and holds nothing secret."""


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{environment.PREFIX}{name.upper()}"


def settings_from(variables: Mapping[str, str], *, livemode: bool = False) -> Settings:
    """The settings of a mode with what the environment changes of them; an empty variable is as good as none.

    Raises SettingError.
    """
    defaults = Settings(livemode=livemode)
    if livemode:
        defaults = replace(defaults, delivery_timeout=LIVE_DELIVERY_TIMEOUT, rate_limits=LIVE_RATE_LIMITS)
    changes: dict[str, Any] = {
        each.name: _value(each, variables[variable(each.name)].strip())
        for each in _readable()
        if variables.get(variable(each.name), "").strip()
    }
    return replace(defaults, **changes)


def changes(pairs: Iterable[str]) -> dict[str, str]:
    """Variables from `NAME=VALUE`, each name a setting's own. Raises SettingError."""
    names = {each.name for each in _readable()}
    found: dict[str, str] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"is it {near[0]}?" if near else "molam-gateway settings prints them all"
            raise SettingError(f"--set {name}: write NAME=VALUE with the name of a setting; {hint}")
        found[variable(name)] = value
    return found


def livemode_from(variables: Mapping[str, str]) -> bool:
    """Whether MOLAM_GATEWAY_MODE says `live` rather than `sandbox`. Raises SettingError."""
    mode = variables.get(environment.MODE, "").strip() or "sandbox"
    if mode not in {"live", "sandbox"}:
        raise SettingError(f"{environment.MODE}={mode!r}: write live or sandbox")
    return mode == "live"


def unknown(variables: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none: typing errors, most of the time."""
    known = {variable(each.name) for each in _readable()} | set(environment.LAUNCH)
    return sorted(each for each in variables if each.startswith(environment.PREFIX) and each not in known)


def shown(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Each variable with its value (a secret one masked) and what it is about."""
    for each in _readable():
        value: object = getattr(settings, each.name)
        yield variable(each.name), MASK if each.metadata[SECRET] and value else _text(value), each.metadata[SAYS]


def example() -> str:
    """An environment file with every variable at its default."""
    lines = ["# What molam-gateway reads from its environment: every variable, at the sandbox's default.", ""]
    for name, about in environment.LAUNCH.items():
        lines += [f"# {about}.", f"#{name}=", ""]
    for name, value, says in shown(replace(Settings(), public_url="")):
        lines += [f"# {says}.", f"#{name}={value}", ""]
    return "\n".join(lines)


def _readable() -> Iterator["Field[Any]"]:
    return (each for each in fields(Settings) if each.name not in _NOT_READ)


def _value(each: "Field[Any]", text: str) -> object:
    read = _READERS.get(each.name) or _BY_TYPE[each.type]
    try:
        value = read(text)
    except ValueError as error:
        given = "" if each.metadata[SECRET] else f"={text!r}"
        raise SettingError(f"{variable(each.name)}{given}: {error}") from None
    least = _LEAST.get(each.name, 0)
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and (value < least or (value == 0 and each.name not in _MAY_BE_NOTHING))
    ):
        fitting = f"from {least:g}" if least else "above 0"
        raise SettingError(f"{variable(each.name)}={text!r}: write a number {fitting}")
    return value


def _truth(text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError("write true or false")
    return text.lower() in _TRUE


def _whole(text: str) -> int:
    if _WHOLE.fullmatch(text) is None:
        raise ValueError("write a whole number")
    return int(text)


def _decimal(text: str) -> float:
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError("write a number of seconds, such as 30 or 0.5")
    return float(text)


def _list(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in text.split(","))))


def _networks(text: str) -> tuple[str, ...]:
    for each in _list(text):
        try:
            ipaddress.ip_network(each)
        except ValueError:
            raise ValueError(f"{each} is no network: write addresses or networks, such as 10.0.0.0/8,::1") from None
    return _list(text)


def _hosts(text: str) -> tuple[str, ...]:
    named = _list(text.lower())
    for each in named:
        if _HOST.fullmatch(each) is None:
            raise ValueError(f"{each} is no host: write names without a port, such as gateway,10.1.2.3,[fd00::1]")
    return named


def _origins(text: str) -> tuple[str, ...]:
    for each in _list(text):
        _check_origin(each, "https://shop.example,https://admin.example")
    return _list(text)


def _public_url(text: str) -> str:
    address = text.rstrip("/")
    _check_origin(address, "https://pay.example.com")
    return address


def _check_origin(text: str, sample: str) -> None:
    if _ORIGIN.fullmatch(text) is None:
        raise ValueError(f"write a scheme, a host in lower case and perhaps a port, nothing else: {sample}")
    parts = urlsplit(text)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("plain http is for loopback only: write https://...")


def _rate_limits(text: str) -> Mapping[str, str]:
    if text == "none":
        return {}
    from .access.rate_limits import policies  # its library takes longer to import than the rest

    return policies(text)


def _redis(text: str) -> str:
    if not text.startswith(_REDIS):
        raise ValueError("the address of Redis begins with redis://, rediss:// or unix://")
    return text


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, tuple):
        return ",".join(cast("tuple[str, ...]", value))
    if isinstance(value, Mapping):
        return ",".join(f"{name}={limit}" for name, limit in cast("Mapping[str, str]", value).items())
    return str(value)


_BY_TYPE: Mapping[object, Reader] = {bool: _truth, int: _whole, float: _decimal, str: str, str | None: str}
_READERS: Mapping[str, Reader] = {
    "public_url": _public_url,
    "hosts": _hosts,
    "trusted_proxies": _networks,
    "metrics_networks": _networks,
    "cors_origins": _origins,
    "realtime_origins": _origins,
    "rate_limits": _rate_limits,
    "redis": _redis,
}
