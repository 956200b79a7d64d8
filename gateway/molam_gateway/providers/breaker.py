"""Decides whether a provider that keeps failing is asked at all."""

import time
from collections.abc import Callable

_THRESHOLD = 10
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 60.0


class Breaker:
    """Opens after `threshold` failures in a row; after a pause one call is let through, which decides.

    Pauses are seconds; they double up to a minute. An answer of whatever status is a success: the provider is there.
    """

    def __init__(self, threshold: int = _THRESHOLD, clock: Callable[[], float] = time.monotonic) -> None:
        self._threshold = threshold
        self._clock = clock
        self._failures = 0
        self._pause = _FIRST_PAUSE
        self._closed_at = 0.0
        self._probing = False

    @property
    def open(self) -> bool:
        """Whether calls are being refused."""
        return self._failures >= self._threshold and (self._probing or self._clock() < self._closed_at)

    def admits(self) -> bool:
        """Whether a call may be made now; the first one after the pause is the probe."""
        if self._failures < self._threshold:
            return True
        if self.open:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """The provider answered."""
        self._failures, self._pause, self._probing = 0, _FIRST_PAUSE, False

    def failed(self) -> None:
        """The provider could not be reached, or did not answer."""
        was_probe = self._probing
        self._failures += 1
        self._probing = False
        if self._failures == self._threshold or was_probe:
            self._closed_at = self._clock() + self._pause
            self._pause = min(_LONGEST_PAUSE, self._pause * 2)

    def gave_up(self) -> None:
        """The call ended before its result was known, say because its caller did not wait."""
        self._probing = False
