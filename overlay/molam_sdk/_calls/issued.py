"""One call as it was issued, and the calls of a client whose outcome is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..errors import UnexpectedResponseError
from .operation import Prepared, read

if TYPE_CHECKING:
    from .._exchange.attempt import Settled
    from ..errors import MolamError
    from ..journal import AsyncCallJournal, Begun, CallJournal
    from .session import Session

KEPT = 256
"""How many calls a client and its copies keep at most, the newest."""

NOWHERE = -1
"""The region of a call that was not sent anywhere yet."""


class Issued:
    """One call with all that it takes to send it once more.

    Attributes:
        prepared: Its bytes and key.
        session: As whom and under which rules it is sent.
        began: Monotonic time from which its deadline counts.
        made: Monotonic time at which its key was first used.
        made_at: Unix time of that; the two clocks differ by the time that the machine slept.
        region: Index of the region that the last attempt went to.
        journal: Where it is written down, or None.
        token: The journal's word for its entry once it is written.
        old: What the journal knows of a call that is not sent since its key is too old, else None.
        ready: Its typed object, if that was read ahead and nobody has taken it yet.
    """

    __slots__ = ("began", "journal", "made", "made_at", "old", "prepared", "ready", "region", "session", "token")

    def __init__(
        self,
        prepared: Prepared[Any],
        session: Session,
        began: float,
        made_at: float,
        made: float,
        journal: CallJournal | AsyncCallJournal | None,
    ) -> None:
        self.prepared = prepared
        self.session = session
        self.began = began
        self.made = made
        self.made_at = made_at
        self.region = NOWHERE
        self.journal = journal
        self.token: str | None = None
        self.old: Begun | None = None
        self.ready: Any = None

    def age(self, now: float, wall: float) -> float:
        """Return the seconds since the key was first used, by whichever clock says more."""
        return max(now - self.made, wall - self.made_at)

    def read(self, settled: Settled) -> Any:
        """Return the typed object of a 2xx answer.

        Raises:
            UnexpectedResponseError: If it cannot be read; it can be resolved.
        """
        ready, self.ready = self.ready, None
        if ready is not None:
            return ready
        try:
            return read(self.prepared, settled)
        except UnexpectedResponseError as error:
            self.session.unresolved.keep(error, self)
            self.session.keep_region(self.prepared.ask.idempotency_key, self.region, self.made)
            raise

    def read_ahead(self, settled: Settled) -> None:
        """Read the typed object for whoever asks for it first.

        Raises:
            UnexpectedResponseError: If it cannot be read.
        """
        self.ready = read(self.prepared, settled)


class Unresolved:
    """The calls that can be resolved, each for as long as somebody holds the error that it ended with.

    The request of a call is in here only, never in the error. There is no lock, which a forked child could find taken.
    """

    __slots__ = ("__weakref__", "_calls")

    def __init__(self) -> None:
        self._calls: WeakKeyDictionary[MolamError, Issued] = WeakKeyDictionary()

    def keep(self, error: MolamError, issued: Issued) -> None:
        """Keep a call whose outcome is unknown; the oldest make room, and reads need not be kept."""
        if error.outcome != "unknown" or issued.prepared.ask.idempotency_key is None:
            return
        self._calls[error] = issued
        if len(self._calls) > KEPT:
            for reference in self._calls.keyrefs()[:-KEPT]:
                oldest = reference()
                if oldest is not None:
                    self._calls.pop(oldest, None)

    def find(self, error: MolamError) -> Issued | None:
        """Return the call that ended with this very error, if it is still known."""
        return self._calls.get(error)

    def __len__(self) -> int:
        return len(self._calls)
