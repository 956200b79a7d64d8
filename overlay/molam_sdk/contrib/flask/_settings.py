"""What an application's configuration says about Molam: the keys that begin with `MOLAM_`."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from attrs import fields, frozen

from ...config import Config
from ...errors import ConfigurationError
from .._receiving import MAX_BODY, checked_limit

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "MOLAM_"
_OF_CLIENT = frozenset(each.name for each in fields(Config) if not each.name.startswith("_"))
_OWN = frozenset({"webhook_path", "webhook_tolerance", "webhook_max_body"})


@frozen(kw_only=True, repr=False)
class Settings:
    """The configuration, checked.

    Attributes:
        options: Those of the client, by the names of `Config`.
        webhook_path: Where webhooks are received; None for nowhere.
        webhook_tolerance: Seconds by which a signature's timestamp may differ from now.
        webhook_max_body: Bytes that are read of a webhook.
    """

    options: Mapping[str, Any]
    webhook_path: str | None = "/webhooks/molam"
    webhook_tolerance: float = 300.0
    webhook_max_body: int = MAX_BODY

    def __repr__(self) -> str:
        return "<Settings>"


def read_settings(config: Mapping[str, Any]) -> tuple[Settings, Config]:
    """Read and check them; what is not there the client takes from the environment.

    Raises:
        ConfigurationError: A key that is none, or a value that cannot work; names the key and never its value.
    """
    found = {name.removeprefix(_PREFIX).lower(): config[name] for name in config if name.startswith(_PREFIX)}
    unknown = sorted(set(found) - _OF_CLIENT - _OWN)
    if unknown:
        close = get_close_matches(unknown[0], _OF_CLIENT | _OWN, n=1)
        meant = f"; did you mean {_PREFIX}{close[0].upper()}?" if close else ""
        raise ConfigurationError(f"Molam has no configuration key {_PREFIX}{unknown[0].upper()}{meant}")
    options = {name: value for name, value in found.items() if name in _OF_CLIENT and value is not None}
    own = {name: value for name, value in found.items() if name in _OWN}
    path: object = own.get("webhook_path", "/")
    if path is not None and not (isinstance(path, str) and path.startswith("/")):
        raise ConfigurationError("MOLAM_WEBHOOK_PATH must be a path that begins with '/', or None")
    checked_limit(own.get("webhook_max_body", MAX_BODY))
    return Settings(options=options, **own), Config(**options)
