"""Decides how many jobs may be under way at once, and that slow ones of a kind do not keep out all others."""

from collections import Counter

_SHARE = 0.75


class JobRoom:
    """Room for `most` jobs, of which one kind takes three quarters: at most one kind is full before all is."""

    def __init__(self, most: int) -> None:
        if most < 2:
            raise ValueError("there has to be room for two jobs")
        self._most = most
        self._most_of_kind = max(most // 2 + most % 2, int(most * _SHARE))
        self._running: Counter[str] = Counter()

    @property
    def full_kind(self) -> str | None:
        """The kind that has all that one kind may have."""
        return next((kind for kind, count in self._running.items() if count >= self._most_of_kind), None)

    @property
    def free(self) -> int:
        """How many more jobs, of whatever kind but the full one, may begin."""
        others = [count for count in self._running.values() if count < self._most_of_kind]
        return min(self._most - self._running.total(), self._most_of_kind - max(others, default=0))

    def enter(self, kind: str) -> None:
        """One more job is under way."""
        self._running[kind] += 1

    def leave(self, kind: str) -> None:
        """One is over."""
        self._running[kind] -= 1
        if not self._running[kind]:
            del self._running[kind]
