"""The circuit breaker: stops calling a region that fails every time.

closed --10 failures in a row--> open --after 5, 10, ... 60 s--> half-open: one call
half-open --it succeeds--> closed;  half-open --it fails--> open, twice as long
"""

from __future__ import annotations

from threading import Lock

FAILURES_TO_OPEN = 10
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 60.0
PROBE = -1.0


class Breaker:
    """State of one (region, operation class); times are monotonic seconds given by the caller."""

    __slots__ = ("_failures", "_lock", "_open_until", "_pause", "_probing")

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._open_until: float | None = None
        self._probing = False

    @property
    def state(self) -> str:
        """closed, open or half_open."""
        if self._open_until is None:
            return "closed"
        return "half_open" if self._probing else "open"

    def admit(self, now: float) -> float:
        """Return 0 if a call may go, PROBE if it goes as the one probe, else the seconds to wait.

        Whoever is admitted as the probe must end it with succeeded, failed or abandoned.
        """
        if self.state == "closed":
            return 0.0
        with self._lock:
            open_until = self._open_until
            if open_until is None:
                return 0.0
            if now < open_until:
                return open_until - now
            if self._probing:
                return self._pause
            self._probing = True
            return PROBE

    def succeeded(self, *, probe: bool) -> None:
        """An answer came that is no sign of an outage; late ones do not close an open breaker."""
        if self._failures == 0 and not probe:
            return
        with self._lock:
            if probe:
                self._probing = False
                self._open_until = None
                self._pause = FIRST_PAUSE
            if self._open_until is None:
                self._failures = 0

    def failed(self, now: float, *, probe: bool) -> None:
        """A connect failure, a timeout or a 5xx."""
        with self._lock:
            if probe:
                self._probing = False
                self._pause = min(LONGEST_PAUSE, self._pause * 2)
                self._open_until = now + self._pause
            elif self._open_until is None:
                self._failures += 1
                if self._failures >= FAILURES_TO_OPEN:
                    self._open_until = now + self._pause

    def abandoned(self, *, probe: bool) -> None:
        """The call ended without a verdict (cancelled, interrupted): another may probe."""
        if probe:
            with self._lock:
                self._probing = False
