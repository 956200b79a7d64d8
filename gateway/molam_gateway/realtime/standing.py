"""Whether the credential that opened a socket is still good."""

from collections.abc import Callable

from ..access.listening import check_standing
from ..domain.call import Account
from ..domain.problems import ProblemError
from ..storage.port import Store

RECHECK = 60.0
"""Seconds after which a credential is looked up again, however much there is to tell; sooner where it expires."""


class Standing:
    """The standing of one listener; `now` is real time, in milliseconds."""

    def __init__(self, store: Store, account: Account, now: Callable[[], int]) -> None:
        self._store = store
        self._account = account
        self._now = now
        self._seen_at = now()

    @property
    def due_in(self) -> float:
        """Seconds until it has to be looked at again, if nothing is told before."""
        now = self._now()
        left = RECHECK - (now - self._seen_at) / 1000
        if self._account.expires_at is not None:
            left = min(left, (self._account.expires_at - now) / 1000)
        return min(RECHECK, max(0.0, left))

    async def uphold(self) -> None:
        """Raise ProblemError if the listener must be told nothing more; asks the database once it is due."""
        now = self._now()
        if self._expired(now):
            raise ProblemError("token_expired", "The token has expired: refresh it, or make a new one.")
        if abs(now - self._seen_at) < RECHECK * 1000:
            return
        async with self._store.reading() as reader:
            await check_standing(reader, self._account, now)
        self._seen_at = now

    def _expired(self, now: int) -> bool:
        return self._account.expires_at is not None and self._account.expires_at <= now
