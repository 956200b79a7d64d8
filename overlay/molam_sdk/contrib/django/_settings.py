"""What the project's settings say about Molam: one dict `MOLAM`, or a setting `MOLAM_...` for each of its members."""

from __future__ import annotations

from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, cast

from attrs import fields, frozen
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from ..._front_door import front_door
from ...config import Config
from ...errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PREFIX = "MOLAM_"


class SettingsError(ConfigurationError, ImproperlyConfigured):
    """The project's settings cannot work; names the setting and never its value."""


@frozen(kw_only=True, repr=False)
class MolamSettings:
    """The settings, checked.

    Attributes:
        options: Those of the client, by the names of `Config`.
        database: Alias of the database that journal and inbox are kept in.
        journal: Whether mutating calls are written down before they are sent.
        journal_bodies: See `durable.Journal`.
        journal_owner: See `durable.Journal`.
        encryption_keys: Fernet keys for what the tables keep of requests and events.
        keep_bodies: See `durable.Inbox`.
        webhook_tenants: Secrets by tenant instead of one, or a function, or the dotted path of one.
        webhook_tolerance: See `durable.Inbox`, and so for the others.
    """

    options: Mapping[str, Any]
    database: str = "default"
    journal: bool = True
    journal_bodies: Literal["plain", "redacted"] = "plain"
    journal_owner: str | None = None
    encryption_keys: Sequence[str | bytes] | None = None
    keep_bodies: bool = True
    webhook_tenants: Any = None
    webhook_tolerance: float = 300.0
    webhook_attempts: int = 12
    webhook_backoff: float = 5.0
    webhook_backoff_cap: float = 3600.0
    webhook_lease: float = 60.0

    @property
    def tenants(self) -> Any:
        """The secrets of the tenants, imported if they were named.

        Raises:
            SettingsError: There is nothing of that name.
        """
        return _imported(self.webhook_tenants) if isinstance(self.webhook_tenants, str) else self.webhook_tenants

    def __repr__(self) -> str:
        return "<MolamSettings>"


OWN = frozenset(each.name.upper() for each in fields(MolamSettings)) - {"OPTIONS"}
OF_CLIENT = frozenset(each.name.upper() for each in fields(Config) if not each.name.startswith("_")) - {"JOURNAL"}
KNOWN = OWN | OF_CLIENT


@front_door
def read_settings() -> MolamSettings:
    """Read and check them; what is not there the client takes from the environment.

    Raises:
        SettingsError: They cannot work.
    """
    found = _found()
    unknown = sorted(set(found) - KNOWN)
    if unknown:
        raise SettingsError(f"the setting MOLAM has no member {unknown[0]!r}{did_you_mean(unknown[0])}")
    own = {name.lower(): value for name, value in found.items() if name in OWN}
    read = MolamSettings(options={k.lower(): v for k, v in found.items() if k in OF_CLIENT}, **own)
    _check(read)
    return read


def did_you_mean(name: str) -> str:
    """What a name that is not known may stand for."""
    close = get_close_matches(name.upper(), KNOWN, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def unknown_settings() -> list[str]:
    """Settings that begin as ours do and are none."""
    return sorted(name for name in _prefixed() if name.removeprefix(_PREFIX) not in KNOWN)


def _found() -> dict[str, Any]:
    given: object = getattr(settings, "MOLAM", {})
    if not isinstance(given, dict):
        raise SettingsError(f"the setting MOLAM must be a dict, not {type(given).__name__}")
    found = cast("dict[object, Any]", given)
    for name in found:
        if not isinstance(name, str):
            raise SettingsError(f"the members of the setting MOLAM must be strings, not {type(name).__name__}")
    named = cast("dict[str, Any]", dict(found))
    for name, value in _prefixed().items():
        member = name.removeprefix(_PREFIX)
        if member in named:
            raise SettingsError(f"{member} is given twice: as a setting {name} and in MOLAM; keep one of them")
        if member in KNOWN:
            named[member] = value
    return named


def _prefixed() -> dict[str, Any]:
    return {name: getattr(settings, name) for name in dir(settings) if name.startswith(_PREFIX) and name.isupper()}


def _check(read: MolamSettings) -> None:
    if read.database not in connections.settings:
        raise SettingsError("MOLAM['DATABASE'] must be an alias in DATABASES")
    if not isinstance(cast("object", read.journal), bool):
        raise SettingsError("MOLAM['JOURNAL'] must be True or False")
    if read.tenants is not None and read.options.get("webhook_secret") is not None:
        raise SettingsError("MOLAM has both WEBHOOK_SECRET and WEBHOOK_TENANTS; give one of them")
    message = ""
    try:
        Config(**read.options)
    except ConfigurationError as error:
        message = error.message
    if message:
        raise SettingsError(f"the setting MOLAM cannot work: {message}")


def _imported(path: str) -> Any:
    module, _, name = path.rpartition(".")
    found: list[Any] = []
    with suppress(ImportError, AttributeError, ValueError):
        found.append(getattr(import_module(module), name))
    if not found:
        raise SettingsError("MOLAM['WEBHOOK_TENANTS'] must be secrets by tenant, a function, or the dotted path of one")
    return found[0]
