"""Molam in a Django project: clients from the settings, webhooks as signals, tables by `migrate`, pages of the admin.

Put `molam_sdk.contrib.django` into INSTALLED_APPS. Needs the extra `django`:
`pip install 'molam-sdk-python[django]'`. Names are imported when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._clients import async_client, client
    from ._inboxes import inbox, on, process_webhooks
    from ._journals import DjangoAsyncJournal, journal
    from ._settings import SettingsError

_HOMES = {
    "DjangoAsyncJournal": "_journals",
    "SettingsError": "_settings",
    "async_client": "_clients",
    "client": "_clients",
    "inbox": "_inboxes",
    "journal": "_journals",
    "on": "_inboxes",
    "process_webhooks": "_inboxes",
}

__all__ = [
    "DjangoAsyncJournal",
    "SettingsError",
    "async_client",
    "client",
    "inbox",
    "journal",
    "on",
    "process_webhooks",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
