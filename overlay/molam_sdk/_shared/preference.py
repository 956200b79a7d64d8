"""Remembers which region works, so that one failover serves a whole process and nobody moves to and fro.

home --a call had to move, and was answered elsewhere--> away, for 30 s at least
away --after 30 s one call tries home: answered--> home;  not answered, or never told--> away for another 30 s
"""

from __future__ import annotations

from math import inf
from threading import Lock

STAY = 30.0


class Preference:
    """What the calls of a process over the same regions share; regions are their positions in the order of the options.

    Times are monotonic seconds given by the caller.

    Attributes:
        region: Where calls that may move begin.
    """

    __slots__ = ("_lock", "_settled_at", "_try_at", "region")

    def __init__(self) -> None:
        self.region = 0
        self._settled_at = -inf
        self._try_at = inf
        self._lock = Lock()

    def begin(self, now: float) -> tuple[int, bool]:
        """Return the region to begin with, and whether this call is the one that tries home.

        Whoever tries home ends that with `worked`, `failed` or `abandoned`; who never does keeps the next one waiting
        for as long as one who failed.
        """
        if self.region == 0:
            return 0, False
        with self._lock:
            if self.region == 0 or now < self._try_at:
                return self.region, False
            self._try_at = now + STAY
            return 0, True

    def worked(self, region: int, now: float, *, fled: bool, trying: bool) -> None:
        """A region answered; `fled` if the call had to move there, `trying` if it was the one that tries home."""
        if region == self.region and not trying:
            return
        with self._lock:
            if (fled or trying) and region != self.region and now >= self._settled_at:
                self.region = region
                self._settled_at = self._try_at = now + STAY

    def failed(self, now: float) -> None:
        """Home did not answer the call that tried it."""
        with self._lock:
            self._try_at = now + STAY

    def abandoned(self) -> None:
        """The call that tried home ended without a verdict: the next may try."""
        with self._lock:
            self._try_at = -inf
