"""The journal of the project's clients, in the database that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async

from ..._front_door import front_door
from ...durable import Journal
from ._engines import engine_for
from ._settings import read_settings
from ._state import Once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...journal import Begun, Ended, Entry, Scope


class DjangoAsyncJournal:
    """A journal for `MolamAsyncClient` over one that waits for Django's database, in the thread that Django uses."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @property
    def owner(self) -> str | None:
        """See Journal."""
        return self._journal.owner

    async def begin(self, entry: Entry) -> Begun:
        """See Journal."""
        return await sync_to_async(self._journal.begin)(entry)

    async def in_doubt(self, entry: Entry) -> bool:
        """See Journal."""
        return await sync_to_async(self._journal.in_doubt)(entry)

    async def finish(self, token: str, ended: Ended) -> bool:
        """See Journal."""
        return await sync_to_async(self._journal.finish)(token, ended)

    async def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        """See Journal."""
        return await sync_to_async(self._journal.claim)(limit, lease, scope)


@front_door
def journal() -> Journal:
    """Return the journal of this process, for `unfinished`, `close` and `cleanup`.

    What a call writes down stays although the transaction around the call is rolled back: while one is open on the
    thread's connection, the journal uses another connection to the same database.

    Raises:
        SettingsError: The settings cannot work.
    """
    return _journal.get()


def _made() -> Journal:
    read = read_settings()
    return Journal(
        engine_for(read.database),
        bodies=read.journal_bodies,
        encryption_keys=read.encryption_keys,
        owner=read.journal_owner,
    )


_journal = Once(_made)
