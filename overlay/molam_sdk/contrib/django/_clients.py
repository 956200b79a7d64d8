"""The project's clients, one of each kind for a process, made from the settings when they are first asked for."""

from __future__ import annotations

import asyncio
import atexit
from contextlib import suppress

from ... import MolamAsyncClient, MolamClient
from ..._front_door import front_door
from ...errors import MolamError
from ._journals import DjangoAsyncJournal, journal
from ._settings import read_settings
from ._state import Once, forget_all


@front_door
def client() -> MolamClient:
    """Return the process's client: for every thread, also after a fork, closed when the process ends.

    Raises:
        SettingsError: The settings cannot work.
        ConfigurationError: There is no API key, in the settings or the environment.
    """
    return _client.get()


@front_door
def async_client() -> MolamAsyncClient:
    """Return the process's asynchronous client; each event loop has connections of its own.

    Raises:
        SettingsError: The settings cannot work.
        ConfigurationError: There is no API key, in the settings or the environment.
    """
    return _async_client.get()


def _made() -> MolamClient:
    read = read_settings()
    return MolamClient(**read.options, journal=journal() if read.journal else None)


def _made_async() -> MolamAsyncClient:
    read = read_settings()
    return MolamAsyncClient(**read.options, journal=DjangoAsyncJournal(journal()) if read.journal else None)


def _close_async(ended: MolamAsyncClient) -> None:
    """Close what is left of it; the connections of a loop that still runs end with that loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        with suppress(MolamError, OSError, RuntimeError):
            asyncio.run(ended.aclose())


_client = Once(_made, MolamClient.close)
_async_client = Once(_made_async, _close_async)
atexit.register(forget_all)
