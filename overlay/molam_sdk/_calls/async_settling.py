"""Settles calls of the asynchronous client whose outcome is unknown: now, or after a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .._front_door import async_front_door
from ..errors import MolamError
from .async_caller import AsyncCaller
from .async_waiting import within
from .resume import resumed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..journal import AsyncCallJournal, Ended, Recovered


class AsyncSettling(AsyncCaller):
    """A caller that finds out what became of calls."""

    @async_front_door
    async def resolve(self, error: MolamError, *, deadline: float | None = None) -> Any:
        """Settle a call whose outcome is unknown: send the very same request once more, with the same key.

        It goes to the region of the call, with the account, API key and headers of the client or copy that made it.
        Deadline, timeouts, retries, breaker and hooks are those of the client or copy that it is called on; without
        retries it makes one attempt, but waits for a call with this key that is still being worked on. The request is
        kept by the client and its copies, in memory and for their 256 newest errors as long as somebody holds them;
        for a call of another process, or one that was cancelled, there are journals and `recover`.

        Args:
            error: An error of this client with the outcome `unknown`.
            deadline: Seconds for this; those of the client without it.

        Returns:
            What the call would have returned (a PaymentIntent, say).

        Raises:
            DeclinedError: If it was done and the payment declined; in the same way whatever else happened to it.
            ValidationError: If there is nothing to resolve, its request is not known here, or its key is older than
                23 hours; `outcome` is still that of the call.
            MolamError: As every call does; one with the outcome `unknown` can be resolved again.
        """
        issued = resumed(self._session, error, self._now(), self._wall(), deadline)
        return issued.read(await self._settle(issued))

    @async_front_door
    async def recover(self, *, limit: int = 100, former_api_keys: Sequence[str] = ()) -> tuple[Recovered, ...]:
        """Settle the calls in the journal that were begun and never finished, by whatever process.

        Each is sent once more: the same bytes and key, to the same region, for the account that it was made for. One
        whose key is older than 23 hours, or whose body was not kept, is only asked about. Call it when the program
        starts and every few minutes: an entry is free once its deadline and a minute have passed.

        Args:
            limit: How many entries to look at at most, each within one deadline.
            former_api_keys: API keys that were replaced by that of the client: calls made with them are settled too.

        Returns:
            What became of each. One that fails never keeps the others from being settled.

        Raises:
            ConfigurationError: If the client has no journal, or a former API key is none of its mode.
            StorageError: If the journal cannot be read.
        """
        from .journaling import still_open
        from .recovery import Recovery

        run = Recovery(self._session, limit, former_api_keys)
        journal = cast("AsyncCallJournal", self._session.journal)

        async def note(token: str, operation: str, end: Ended, began: float) -> None:
            try:
                async with within(run.rest(began, self._now())):
                    await journal.finish(token, end)
            except Exception as error:  # noqa: BLE001 - a journal may raise whatever it likes
                still_open(operation, error)

        while run.goes_on:
            try:
                async with within(run.patience):
                    claimed = await journal.claim(1, run.lease, run.scope)
            except Exception as error:  # noqa: BLE001 - a journal may raise whatever it likes
                if run.claims_again(error):
                    continue
                break
            if not run.begins(claimed):
                break
            for token, entry in claimed:
                began = self._now()
                end = run.take(token, entry, await self._decide(run.settle(entry, began, self._wall())))
                if end is not None:
                    await note(token, entry.operation, end, began)
        began = self._now()
        for token, operation, end in run.later:
            await note(token, operation, end, began)
        return run.report
