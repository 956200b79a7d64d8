"""Checks the single options of a client and gives each the form that the client works with."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

from ._redaction import Secret
from .errors import ConfigurationError, MolamError
from .money import check_currency

WebhookSecret = str | Sequence[str] | Mapping[str, str] | Callable[[str], str | None]
Hook = Callable[..., Any]
EventHooks = Mapping[str, tuple[Hook, ...]]

_HOOKS = ("request", "response", "retry")
_MAX_SECONDS = 86_400
_MAX_JWT = 8192
_OFF = frozenset({"0", "false", "no", "off"})
_ON = frozenset({"1", "true", "yes", "on"})

_SECRET_KEY = re.compile(r"sk_(?:test|live)_[\x21-\x7e]{1,255}").fullmatch
_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+").fullmatch
_REGION = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?").fullmatch
_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,255}").fullmatch
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_LOCALE = re.compile(r"[A-Za-z0-9*][A-Za-z0-9 ,;=.*-]{0,254}").fullmatch


def api_key(_name: str, value: object) -> str | None:
    """Return a secret key, or a JWT without its `jwt_` marker."""
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise ConfigurationError("api_key is empty; pass your secret key or set MOLAM_API_KEY")
    token = value.removeprefix("jwt_")
    if _SECRET_KEY(value) or (len(token) <= _MAX_JWT and _JWT(token)):
        return Secret(token)
    raise ConfigurationError(
        "api_key must be sk_test_..., sk_live_... or a JWT, in visible ASCII characters without "
        "white space; copy it again from the dashboard"
    )


def livemode_of(key: str | None) -> bool | None:
    """Return the mode of a key: False for sk_test_, True for sk_live_, None where it is unknown."""
    if key is not None and key.startswith("sk_"):
        return key.startswith("sk_live_")
    return None


def region(name: str, value: object) -> str | None:
    """Return the name of a region, which becomes a part of a host name."""
    return _matching(name, value, _REGION, "a region such as eu-west")


def fallback_regions(value: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the regions to try in turn."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ConfigurationError('fallback_regions must be a sequence such as ("eu-west",)')
    return tuple(region("fallback_regions", item) or "" for item in value)


def account(name: str, value: object) -> str | None:
    """Return the id of the account that a platform acts for."""
    return _matching(name, value, _ACCOUNT, "an account id such as acct_123")


def api_version(name: str, value: object) -> str | None:
    """Return the version of the API to ask for."""
    return _matching(name, value, _VERSION, "a date such as 2026-11-01")


def locale(name: str, value: object) -> str | None:
    """Return the value of Accept-Language; `fr_FR` becomes `fr-FR`."""
    if isinstance(value, str):
        value = value.replace("_", "-")
    return _matching(name, value, _LOCALE, "a language such as fr-FR")


def currency(name: str, value: object) -> str | None:
    """Return the currency of amounts that name none."""
    try:
        return None if value is None else check_currency(value, name)
    except MolamError as error:
        raise ConfigurationError(error.message) from None


def timeouts(value: float | Sequence[float]) -> tuple[float, float]:
    """Return (connect, read) in seconds; one number sets both."""
    if not isinstance(value, tuple | list):
        both = duration("timeout", value)
        return both, both
    if len(value) != 2:
        raise ConfigurationError("timeout must be one number of seconds or (connect, read)")
    return duration("timeout", value[0]), duration("timeout", value[1])


def duration(name: str, value: object) -> float:
    """Return seconds above 0, at most a day."""
    if _is_number(value) and 0 < value <= _MAX_SECONDS:
        return float(value)
    raise ConfigurationError(f"{name} must be a number of seconds above 0, at most {_MAX_SECONDS}")


def duration_or_zero(name: str, value: object) -> float:
    """Return seconds from 0 to a day."""
    if _is_number(value) and 0 <= value <= _MAX_SECONDS:
        return float(value)
    raise ConfigurationError(f"{name} must be a number of seconds from 0 to {_MAX_SECONDS}")


def count(name: str, value: object) -> int:
    """Return a whole number that is not negative."""
    return _whole(name, value, least=0)


def positive(name: str, value: object) -> int:
    """Return a whole number above 0."""
    return _whole(name, value, least=1)


def flag(name: str, value: object) -> bool:
    """Return True or False; nothing else counts as either."""
    if isinstance(value, bool):
        return value
    raise ConfigurationError(f"{name} must be True or False")


def optional_flag(name: str, value: object) -> bool | None:
    """Return True, False or None."""
    return None if value is None else flag(name, value)


def telemetry(value: bool | None) -> bool:
    """Return whether timings are reported: on unless the caller or the environment says no."""
    if value is not None:
        return flag("telemetry", value)
    word = os.environ.get("MOLAM_TELEMETRY_ENABLED", "").strip().lower()
    if not word or word in _ON:
        return True
    if word in _OFF:
        return False
    raise ConfigurationError("MOLAM_TELEMETRY_ENABLED must be true or false")


def mtls_cert(value: str | os.PathLike[str] | None) -> str | None:
    """Return the path of the client certificate."""
    return _file("mtls_cert", value)


def mtls_key(value: str | os.PathLike[str] | None) -> str | None:
    """Return the path of the client certificate's private key."""
    return _file("mtls_key", value)


def ca_bundle(value: str | os.PathLike[str] | None) -> str | None:
    """Return the path of the certificate authorities to trust."""
    return _file("ca_bundle", value)


def webhook_secret(_name: str, value: object) -> WebhookSecret | None:
    """Return a signing secret, several, a mapping from key id to secret or a look-up function."""
    if value is None or callable(value):
        return value
    if _is_secret(value):
        return Secret(value)
    if isinstance(value, Mapping):
        by_kid = {kid: Secret(item) for kid, item in value.items() if _is_secret(item)}
        if by_kid and len(by_kid) == len(value):
            return by_kid
    elif isinstance(value, list | tuple):
        several = tuple(Secret(item) for item in value if _is_secret(item))
        if several and len(several) == len(value):
            return several
    raise ConfigurationError("webhook_secret is blank; pass the endpoint's signing secret or set MOLAM_WEBHOOK_SECRET")


def event_hooks(value: Mapping[str, Hook | Sequence[Hook]] | None) -> EventHooks:
    """Return the functions to call at each request, response and retry."""
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not set(value) <= set(_HOOKS):
        raise ConfigurationError(f"event_hooks must be a mapping of {', '.join(_HOOKS)}")
    hooks = {
        name: tuple(functions) if isinstance(functions, list | tuple) else (functions,)
        for name, functions in value.items()
    }
    if not all(callable(function) for functions in hooks.values() for function in functions):
        raise ConfigurationError("event_hooks must hold functions")
    return hooks


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_secret(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())


def _whole(name: str, value: object, *, least: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**53:
        return int(value)
    raise ConfigurationError(f"{name} must be a whole number of at least {least}")


def _file(name: str, value: str | os.PathLike[str] | None) -> str | None:
    if value is None:
        return None
    path = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if isinstance(path, str) and "\0" not in path and os.path.isfile(path):
        return path
    raise ConfigurationError(f"{name} must be the path of an existing file")


def _matching(name: str, value: object, pattern: Callable[[str], object], example: str) -> str | None:
    if value is None or (isinstance(value, str) and pattern(value)):
        return value
    raise ConfigurationError(f"{name} must be {example}")
