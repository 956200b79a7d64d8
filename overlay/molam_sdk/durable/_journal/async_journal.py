"""The write-ahead journal of the asynchronous client."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from ..._front_door import async_front_door, front_door
from ...errors import StorageError
from .._async_database import AsyncDatabase
from .._journal import statements
from .bodies import SUBJECT, Bodies
from .owners import owned, owner_of
from .reading import CLEANUP_BATCH, age, entries
from .unfinished import Closing, State, UnfinishedCall, close, unfinished, unfinished_call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from ...journal import Begun, Ended, Entry, Scope


class AsyncJournal:
    """Writes down every mutating call before it is sent, in the table `molam_calls` of your database.

        client = MolamAsyncClient(api_key=..., journal=AsyncJournal(engine))

    Each method works on a connection of its own, in a transaction of its own: what your code has open is not touched,
    and a rollback of yours loses nothing here. Leases are judged by the database's clock.
    """

    @front_door
    def __init__(
        self,
        engine: AsyncEngine,
        *,
        bodies: Literal["plain", "redacted"] = "plain",
        encryption_keys: Sequence[str | bytes] | None = None,
        owner: str | None = None,
    ) -> None:
        """Use the database behind `engine`; its tables are made with `create_tables` or the migrations.

        Args:
            engine: SQLAlchemy engine of SQLite (a file), PostgreSQL, MySQL or MariaDB; with a free connection in its
                pool when a call is made.
            bodies: `plain` keeps the bodies of requests, which hold customer data. `redacted` does not: `recover` can
                then only look calls up, not repeat them. Without encryption_keys their SHA-256 stays, from which
                somebody who reads the table can find a phone number by trying all of them.
            encryption_keys: Fernet keys to encrypt bodies with (needs the extra `encryption`): the first one encrypts,
                each of them decrypts. With `redacted` they key the digests.
            owner: Whose calls these are, 1 to 64 visible ASCII characters; without it the API key says so. With a name
                the calls stay yours when the API key changes, and tokens (JWT) of several merchants can be told apart.

        Raises:
            ConfigurationError: For another database, one in memory, or options that do not go together.
        """
        self._bodies = Bodies(bodies, encryption_keys)
        self._owner = owner_of(owner)
        self._database = AsyncDatabase(engine, SUBJECT)

    @property
    def owner(self) -> str | None:
        """Whose calls these are, if that was said."""
        return self._owner

    @async_front_door
    async def begin(self, entry: Entry) -> Begun:
        """Write the entry durably and lease it to the caller.

        A key that is there already with the same request is begun again: one that succeeded stays so. If the connection
        breaks, as one does that a restarted database has forgotten, it is tried once more on another one.

        Raises:
            IdempotencyError: The key is there with another request.
            ConflictError: The call is open in another region.
            StorageError: It could not be written.
        """
        entry = owned(entry, self._owner)
        row = statements.new_row(entry, self._bodies)
        again = statements.begin_again(row, entry, self._bodies)
        broke = False
        while True:
            try:
                begun = await self._database.write(statements.insert(row), single=True)
                begun = begun or await self._database.write(again)
            except StorageError as error:
                if broke or error.outcome != "unknown":
                    error.outcome = "unknown" if broke else error.outcome
                    raise
                broke = True
            else:
                if begun is not None:
                    return begun

    @async_front_door
    async def in_doubt(self, entry: Entry) -> bool:
        """Return whether a call with this key may have been done, or was; nothing is written.

        Raises:
            IdempotencyError: The key is there with another request.
            StorageError: The database cannot be used.
        """
        return await self._database.read(statements.in_doubt(owned(entry, self._owner), self._bodies))

    @async_front_door
    async def finish(self, token: str, ended: Ended) -> bool:
        """Write down the end of a call; of an overtaken token only a success counts, for others it returns False.

        Raises:
            StorageError: It could not be written.
        """
        return await self._database.write(statements.finish(token, ended), single=True)

    @async_front_door
    async def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        """Lease for `lease` seconds up to `limit` calls of the scope that nobody has, the longest overdue first.

        Raises:
            StorageError: The database cannot be used.
        """
        claimed = await self._database.write(statements.claim(limit, lease, owned(scope, self._owner)))
        return entries(claimed, self._bodies, lease)

    @async_front_door
    async def unfinished(
        self, limit: int = 100, *, state: State | None = None, after: UnfinishedCall | None = None
    ) -> list[UnfinishedCall]:
        """The oldest calls without a certain end, for a person to look at.

        Args:
            limit: How many at most.
            state: Only those in this state.
            after: The last one of the page before.

        Raises:
            ValidationError: An argument cannot work.
            StorageError: The database cannot be used.
        """
        chosen = unfinished(limit, state, after)
        rows = await self._database.read(lambda connection: connection.execute(chosen).all())
        return [unfinished_call(row) for row in rows]

    @async_front_door
    async def close(
        self,
        idempotency_key: str,
        ending: Closing,
        account: str | None = None,
        *,
        livemode: bool | None = None,
        owner: str | None = None,
    ) -> bool:
        """Write down the end of a call that you have looked up, so that it is not reported and kept any longer.

        Args:
            idempotency_key: Its key.
            ending: `succeeded`; or `rejected` or `not_sent`, after which the same key may be sent as a new call.
            account: Account that it was made for.
            livemode: Its mode, where one key was used in several.
            owner: Its owner, where one key was used by several.

        Returns:
            Whether there was such a call without an end that nobody works at.

        Raises:
            ValidationError: Several calls have this key, or an argument cannot work.
            StorageError: It could not be written.
        """
        named = self._owner if owner is None else owner
        return await self._database.write(close(idempotency_key, ending, account, livemode, named))

    @async_front_door
    async def cleanup(self, older_than: timedelta = timedelta(days=30)) -> int:
        """Delete calls that were finished so long ago; unfinished and stale ones stay. Returns how many there were.

        Raises:
            ConfigurationError: `older_than` is no timedelta, or less than the 24 hours in which a key may be repeated.
            StorageError: The database cannot be used.
        """
        work = statements.cleanup(age(older_than), CLEANUP_BATCH)
        deleted = [await self._database.write(work)]
        while deleted[-1] == CLEANUP_BATCH:
            deleted.append(await self._database.write(work))
        return sum(deleted)
