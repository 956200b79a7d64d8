"""Bounds what clients send, who have nothing to say."""

import time
from collections import deque
from collections.abc import Callable

_MOST = 20
_WINDOW = 10.0


class Messages:
    """Counts messages: they are ignored, but so many within ten seconds are too many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=_MOST)

    def excessive(self) -> bool:
        """Count one; whether it was one too many."""
        now = self._clock()
        full = len(self._times) == _MOST and now - self._times[0] < _WINDOW
        self._times.append(now)
        return full
