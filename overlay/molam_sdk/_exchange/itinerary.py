"""Chooses the region of each attempt of one call.

Reads may move. Mutating calls stay, unless they are allowed to move and no byte of any attempt was sent; one whose
key is in doubt goes where it may have been carried out, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._shared.keys_in_doubt import name_of
from .reply import Lost

if TYPE_CHECKING:
    from .attempt import Ask
    from .policy import Policy, Route
    from .reply import Reply

ENOUGH = 1.0
"""Seconds after which silence, or a connection that does not come, is a sign of an outage."""


class Itinerary:
    """Where one call is and may go.

    Attributes:
        region: Position of the region that the next attempt goes to.
    """

    __slots__ = (
        "_ask",
        "_connecting",
        "_fled",
        "_gone",
        "_name",
        "_now",
        "_policy",
        "_route",
        "_staying",
        "_trying",
        "region",
    )

    def __init__(self, ask: Ask, policy: Policy, route: Route) -> None:
        self.region = 0
        self._ask = ask
        self._policy = policy
        self._route = route
        self._staying = len(route) == 1 or (ask.mutating and not policy.write_failover)
        self._connecting = policy.connect_timeout
        self._gone = False
        self._fled = False
        self._trying = False
        self._now = 0.0
        self._name: bytes | None = None

    def begin(self, now: float) -> None:
        """Choose the first region: the one that may know the key, or the one that works for this process."""
        route = self._route
        self._now = now
        known = None if self._ask.minted else self._known()
        if known is not None:
            self.region = route.regions.index(known)
            self._staying = True
        elif not self._staying and route.preference is not None:
            self.region, self._trying = route.preference.begin(now)

    def may_move(self, *, sent: bool) -> bool:
        """Whether the next attempt may go to another region; `sent` if a byte of any attempt was."""
        return not self._staying and not (sent and self._ask.mutating)

    def move(self, *, closed: bool = False) -> None:
        """Go to the next region: after a failure, or because the breaker of this one is open (`closed` to calls)."""
        self._stop_trying()
        self._fled = self._fled or closed or self._gone
        self.region = (self.region + 1) % len(self._route)

    def connect_timeout(self, remaining: float, *, sent: bool) -> float:
        """Return how long connecting may take: with a region to move to not all of the time that is left."""
        patience = remaining / 2 if self.may_move(sent=sent) else remaining
        self._connecting = min(self._policy.connect_timeout, patience)
        return self._connecting

    def hear(self, outcome: Reply | Lost, now: float) -> None:
        """Learn from what came of an attempt."""
        self._now = now
        preference = self._route.preference
        if preference is None:
            return
        if isinstance(outcome, Lost):
            elsewhere = outcome.fatal or outcome.local
            self._gone = not elsewhere and self._shows_an_outage(outcome)
            if self._trying and not elsewhere:
                self._trying = False
                preference.failed(now)
            self._stop_trying()
            return
        self._gone = False
        if outcome.status < 500 and outcome.disbelief is None:
            preference.worked(self.region, now, fled=self._fled, trying=self._trying)
            self._trying = False
        elif self._trying:
            self._trying = False
            preference.failed(now)

    def keep(self) -> None:
        """Keep where a mutating call was sent, as long as nobody knows what became of it."""
        name, kept = self._kept_as(), self._route.in_doubt
        if name is not None and kept is not None:
            kept.add(name, self._route.regions[self.region], self._now)

    def done(self) -> None:
        """Keep where a mutating call was done: with the same key it would be done again elsewhere.

        Nobody repeats a call that was done with a key that he never saw; the answer that cannot be read is kept apart.
        """
        name, kept = None if self._ask.minted else self._kept_as(), self._route.in_doubt
        if name is not None and kept is not None:
            kept.done(name, self._route.regions[self.region], self._now)

    def settle(self) -> None:
        """Every call with this key was refused for good, here."""
        name, kept = self._kept_as(), self._route.in_doubt
        if name is not None and kept is not None:
            kept.discard(name, self._route.regions[self.region])

    def abandon(self, *, sent: bool) -> None:
        """The call ended without a verdict, perhaps with an attempt under way (`sent`)."""
        self._stop_trying()
        if sent:
            self.keep()

    def _known(self) -> str | None:
        """Return the region that may know the key, if there is one on this way."""
        name, kept = self._kept_as(), self._route.in_doubt
        return None if name is None or kept is None else kept.region_of(name, self._route.regions, self._now)

    def _kept_as(self) -> bytes | None:
        """Return the name under which the key is remembered, None where none is."""
        key = self._ask.idempotency_key
        if self._name is None and key is not None and self._route.in_doubt is not None:
            self._name = name_of(self._route.scope, key)
        return self._name

    def _shows_an_outage(self, lost: Lost) -> bool:
        """Whether a process should turn away: a torn answer is no outage, nor is a caller who waits for no second."""
        if not lost.timed_out:
            return not lost.sent
        return lost.sent or self._connecting >= min(ENOUGH, self._policy.connect_timeout)

    def _stop_trying(self) -> None:
        if self._trying and self._route.preference is not None:
            self._trying = False
            self._route.preference.abandoned()
