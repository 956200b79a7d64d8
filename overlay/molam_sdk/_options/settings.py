"""Checks the single options of a client and gives each the form that the client works with."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from inspect import iscoroutinefunction
from typing import Any, cast

from .._redaction import Secret
from .._shapes import is_async, is_list, is_mapping, is_number
from ..errors import ConfigurationError, MolamError
from ..money import check_currency
from .urls import region

WebhookSecret = str | Sequence[str] | Mapping[str, str] | Callable[[str], str | None]
Hook = Callable[..., Any]
EventHooks = Mapping[str, tuple[Hook, ...]]

_OF_A_JOURNAL = ("begin", "in_doubt", "finish", "claim")
_HOOKS = ("request", "response", "retry", "call", "circuit")
_MAX_SECONDS = 86_400
_MAX_JWT = 8192
_OFF = frozenset({"0", "false", "no", "off"})
_ON = frozenset({"1", "true", "yes", "on"})

_SK = r"sk_(?:test|live)_[\x21-\x7e]{1,255}"
_JWT = r"(?!sk_)[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
_ACCOUNT = r"[A-Za-z0-9_-]{1,255}"
_VERSION = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LOCALE = r"[A-Za-z0-9*][A-Za-z0-9 ,;=.*-]{0,254}"


def api_key(_name: str, value: object) -> str | None:
    """Return a secret key, or a JWT without its `jwt_` marker."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ConfigurationError(f"api_key must be a str, not {type(value).__name__}")
    if not value:
        raise ConfigurationError("api_key is empty; pass your secret key or set MOLAM_API_KEY")
    token = value.removeprefix("jwt_")
    if re.fullmatch(_SK, value) or (len(token) <= _MAX_JWT and re.fullmatch(_JWT, token)):
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


def owner_of(key: str | None) -> str:
    """Return what tells the calls of one API key from those of another, without the key; of all JWT it is the same."""
    if key is None or not key.startswith("sk_"):
        return "token"
    return f"key_{sha256(key.encode()).hexdigest()[:16]}"


def owners_of(name: str, keys: Sequence[str], livemode: bool | None) -> tuple[str, ...]:
    """Return the owners of other API keys of the same mode."""
    if not is_list(keys):
        raise ConfigurationError(f"{name} must be a list of API keys")
    checked = [api_key(name, key) for key in keys]
    if not all(key is not None and livemode_of(key) == livemode for key in checked):
        raise ConfigurationError(f"{name} must be API keys of the same mode as that of the client")
    return tuple(map(owner_of, checked))


def fallback_regions(value: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the regions to try in turn."""
    if not is_list(value) or "auto" in value or None in value:
        raise ConfigurationError('fallback_regions must be region names such as ("eu-west",)')
    return tuple(region("fallback_regions", name) or "" for name in value)


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


def timeouts(value: float | tuple[float, float] | Sequence[float]) -> tuple[float, float]:
    """Return (connect, read) in seconds; one number sets both."""
    several = value if is_list(value) else (value, value)
    if len(several) != 2:
        raise ConfigurationError("timeout must be one number of seconds or (connect, read)")
    return duration("timeout", several[0]), duration("timeout", several[1])


def duration(name: str, value: object) -> float:
    """Return seconds above 0, at most a day."""
    if is_number(value) and 0 < value <= _MAX_SECONDS:
        return float(value)
    raise ConfigurationError(f"{name} must be a number of seconds above 0, at most {_MAX_SECONDS}")


def duration_or_zero(name: str, value: object) -> float:
    """Return seconds from 0 to a day."""
    if is_number(value) and 0 <= value <= _MAX_SECONDS:
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


def path(value: str | os.PathLike[str] | None) -> str | None:
    """Return a path as text; what is no path stays as it is and is refused by `file`."""
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def file(name: str, value: object) -> str | None:
    """Return the path of an existing file."""
    from pathlib import Path

    if value is None:
        return None
    if isinstance(value, str) and "\0" not in value and Path(value).is_file():
        return value
    raise ConfigurationError(f"{name} must be the path of an existing file")


def journal(name: str, value: object) -> object:
    """Return an object that calls can be written down in."""
    if isinstance(value, type):
        raise ConfigurationError(f"{name} must be a journal, not the class; make one, such as Journal(engine)")
    if value is None or all(callable(getattr(value, method, None)) for method in _OF_A_JOURNAL):
        return value
    raise ConfigurationError(f"{name} must have {'(), '.join(_OF_A_JOURNAL)}(), as those of molam_sdk.durable have")


def check_journal_owner(value: object, key: str | None) -> None:
    """Raise ConfigurationError for the journal of a client with a token if it does not say whose calls it keeps."""
    if value is not None and key is not None and livemode_of(key) is None and not getattr(value, "owner", None):
        raise ConfigurationError(
            "a token (JWT) does not say whose calls these are, and another merchant's client would send them again as "
            "its own; name the owner: Journal(engine, owner=...)"
        )


def check_journal(value: object, *, asynchronous: bool) -> None:
    """Raise ConfigurationError for a journal of the other kind of client."""
    if value is not None and iscoroutinefunction(getattr(value, "begin", None)) != asynchronous:
        wanted = "MolamAsyncClient needs one whose methods are coroutines" if asynchronous else _NOT_AWAITED
        raise ConfigurationError(f"the journal is of the other kind: {wanted}")


_NOT_AWAITED = "MolamClient awaits nothing; give this one to MolamAsyncClient"


def webhook_secret(name: str, value: Any) -> WebhookSecret | None:
    """Return a signing secret, several, a mapping from key id to secret or a look-up function."""
    if is_async(value):
        raise ConfigurationError(f"{name} must be `def`, not `async def`: verifying a webhook awaits nothing")
    if is_mapping(value):
        for kid in value:
            if not isinstance(kid, str):
                raise ConfigurationError(f"the key ids of {name} must be strings, not {type(kid).__name__}")
        return {kid: _secret(item) for kid, item in value.items()} or _secret(None)
    if is_list(value):
        return tuple(_secret(item) for item in value) or _secret(None)
    if value is None or callable(value):
        return cast("Callable[[str], str | None] | None", value)
    return _secret(value)


def event_hooks(value: Mapping[str, Hook | Sequence[Hook]] | None) -> EventHooks:
    """Return the functions to call at each request, response, retry, end of a call and change of a circuit breaker."""
    given: object = {} if value is None else value
    if not is_mapping(given) or not set(given) <= set(_HOOKS):
        raise ConfigurationError(f"event_hooks must be a mapping of {', '.join(_HOOKS)}")
    hooks = {name: tuple(functions) if is_list(functions) else (functions,) for name, functions in given.items()}
    if not all(callable(function) for functions in hooks.values() for function in functions):
        raise ConfigurationError("event_hooks must hold functions")
    return hooks


def check_hooks(hooks: EventHooks, *, asynchronous: bool) -> None:
    """Raise ConfigurationError for coroutine functions, which nobody awaits for the synchronous client."""
    if not asynchronous and any(is_async(function) for functions in hooks.values() for function in functions):
        raise ConfigurationError("event_hooks must be `def` here; a coroutine function needs MolamAsyncClient")


def _secret(value: object) -> Secret:
    if isinstance(value, str) and value.strip():
        return Secret(value)
    if value is not None and not isinstance(value, str):
        raise ConfigurationError(f"webhook_secret must be a str, not {type(value).__name__}")
    raise ConfigurationError("webhook_secret is blank; pass the signing secret or set MOLAM_WEBHOOK_SECRET")


def _whole(name: str, value: object, *, least: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**53:
        return int(value)
    raise ConfigurationError(f"{name} must be a whole number of at least {least}")


def _matching(name: str, value: object, pattern: str, example: str) -> str | None:
    if value is None or (isinstance(value, str) and re.fullmatch(pattern, value)):
        return value
    raise ConfigurationError(f"{name} must be {example}")
