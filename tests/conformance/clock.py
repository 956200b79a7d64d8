"""A clock that moves only when told to, for simulators and adapters alike."""

from datetime import UTC, datetime

_START = 1_800_000_000.0


class HandClock:
    """Seconds of unix time."""

    def __init__(self) -> None:
        self._seconds = _START

    def seconds(self) -> float:
        return self._seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._seconds, UTC)

    def advance(self, seconds: float) -> None:
        self._seconds += seconds
