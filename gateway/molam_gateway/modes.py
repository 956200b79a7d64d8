"""Keeps real money and play money apart: a database serves one of the two for ever."""

from .storage import api_keys, sandbox_clock
from .storage.port import Reader, StoreError


class ModeError(StoreError):
    """The database is the other mode's."""


async def check_mode(reader: Reader, *, livemode: bool) -> None:
    """Raise ModeError for a database with API keys of the other mode, or one whose clock is not the real one."""
    modes = await api_keys.modes(reader)
    if livemode and (False in modes or await sandbox_clock.offset_ms(reader) > 0):
        raise ModeError("the database is a sandbox's: give the live gateway one of its own")
    if not livemode and True in modes:
        raise ModeError("the database is a live gateway's: start with --live, or give the sandbox one of its own")
