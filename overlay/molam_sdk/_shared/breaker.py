"""The circuit breaker: stops calling a region that fails every time.

closed --10 failures in a row--> open --5 s--> half_open: one call
half_open --it succeeds--> closed;  half_open --it fails--> open

While it is not closed, one call goes in each pause of at most 5 s, whatever becomes of the one before: whoever uses it
learns within 5 s that the region works again. docs/design/budget-and-breaker.md has the figures.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from threading import Lock
from typing import Literal

from attrs import frozen

State = Literal["closed", "open", "half_open"]
Operations = Literal["read", "write"]
Random = Callable[[], float]

FAILURES_TO_OPEN = 10
PAUSE = 5.0
SPREAD = 0.2
"""Share of every pause but the first that is drawn at random, so that the processes of a fleet do not probe in step."""


@frozen
class CircuitEvent:
    """A circuit breaker changed its state.

    Attributes:
        region: Base URL of the region that it guards.
        operations: The operations that it guards there: `read` or `write`.
        state: `closed` (calls go), `open` (they are refused) or `half_open` (one is out to try the region).
        previous: The state before.
        retry_after: Seconds until the next call may try the region, at most; None where all calls go.
    """

    region: str
    operations: Operations
    state: State
    previous: State
    retry_after: float | None


Tell = Callable[[CircuitEvent], None]


def _longest() -> float:
    return 1.0


def nobody(_: CircuitEvent) -> None:
    """Take a change of state that nobody asked about."""


class Breaker:
    """State of one (region, operation class); times are monotonic seconds given by the caller.

    `random` draws from 0 to 1. `tell` takes the changes of state that a call causes, each once.

    Attributes:
        region: Base URL of the region.
        operations: The operation class.
    """

    __slots__ = ("_failures", "_lock", "_next_probe_at", "_probe", "_probes", "operations", "region")

    def __init__(self, region: str = "", *, mutating: bool = False) -> None:
        self.region = region
        self.operations: Operations = "write" if mutating else "read"
        self._lock = Lock()
        self._failures = 0
        self._next_probe_at: float | None = None
        self._probes = 0
        self._probe = 0

    @property
    def state(self) -> State:
        """closed, open or half_open."""
        if self._next_probe_at is None:
            return "closed"
        return "half_open" if self._probe else "open"

    def admit(self, now: float, random: Random = _longest, tell: Tell = nobody) -> float:
        """Return 0 if a call may go, less if it goes as a probe, else the seconds to wait.

        A probe's number is what was returned, negated. It must be ended with succeeded, failed or abandoned.
        """
        if self._next_probe_at is None:
            return 0.0
        with self._lock:
            next_probe_at = self._next_probe_at
            if next_probe_at is None:  # closed meanwhile # pyright: ignore[reportUnnecessaryComparison]
                return 0.0
            if now < next_probe_at:
                return next_probe_at - now
            self._next_probe_at = now + _pause(random)
            self._probes += 1
            if not self._probe:
                self._change("half_open", "open", self._next_probe_at - now, tell)
            self._probe = self._probes
            return float(-self._probes)

    def succeeded(self, *, probe: int, tell: Tell = nobody) -> None:
        """An answer came that is no sign of an outage; late ones do not close a breaker that has opened."""
        if self._failures == 0 and not probe:
            return
        with self._lock:
            if self._next_probe_at is None:
                self._failures = 0
            elif probe:
                previous = self.state
                self._failures = self._probe = 0
                self._next_probe_at = None
                self._change("closed", previous, None, tell)

    def failed(self, now: float, *, probe: int, tell: Tell = nobody) -> None:
        """A connect failure, a timeout or a 5xx."""
        with self._lock:
            if self._next_probe_at is None:
                self._failures += 1
                if self._failures >= FAILURES_TO_OPEN:
                    self._next_probe_at = now + PAUSE
                    self._change("open", "closed", PAUSE, tell)
            elif probe and probe == self._probe:
                self._probe = 0
                self._change("open", "half_open", max(0.0, self._next_probe_at - now), tell)

    def abandoned(self, now: float, *, probe: int, sent: bool, tell: Tell = nobody) -> None:
        """The call ended without a verdict (say torn): the next may probe after the pause, or now if not `sent`."""
        if not probe:
            return
        with self._lock:
            if probe == self._probe and self._next_probe_at is not None:
                self._probe = 0
                if not sent:
                    self._next_probe_at = -inf
                self._change("open", "half_open", max(0.0, self._next_probe_at - now), tell)

    def _change(self, state: State, previous: State, retry_after: float | None, tell: Tell) -> None:
        tell(CircuitEvent(self.region, self.operations, state, previous, retry_after))


def _pause(random: Random) -> float:
    return PAUSE * (1.0 - SPREAD * (1.0 - random()))
