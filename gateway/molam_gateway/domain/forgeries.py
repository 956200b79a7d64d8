"""Counts messages that were refused, in few writes however many strangers send."""

from collections import Counter
from datetime import datetime, timedelta

_PAUSE = timedelta(seconds=1)


class Forgeries:
    """One process's refused messages by provider; those of a second are written down with the first one after it."""

    def __init__(self) -> None:
        self._waiting: Counter[str] = Counter()
        self._written_at: dict[str, datetime] = {}

    def note(self, provider: str, now: datetime) -> int:
        """Count one more; how many are to be written down now, 0 for later."""
        self._waiting[provider] += 1
        last = self._written_at.get(provider)
        if last is not None and timedelta(0) <= now - last < _PAUSE:
            return 0
        self._written_at[provider] = now
        return self._waiting.pop(provider)
