"""Decides how many attempts an endpoint may have under way, so that slow receivers leave room for the others."""

from collections import Counter


class Slots:
    """The attempts of one process that are under way.

    An endpoint has one slot until it has taken an event, and again from its first failure on. Half of all slots are
    kept for endpoints that have nothing under way and did not fail last.
    """

    def __init__(self, total: int, per_endpoint: int) -> None:
        self._total = total
        self._per_endpoint = per_endpoint
        self._open_to_all = total - total // 2
        self._running: Counter[str] = Counter()
        self._accepted: dict[str, bool] = {}

    def free(self, endpoint_id: str, most: int | None = None) -> bool:
        """Whether an attempt at this endpoint may begin; `most` is its own cap, if it has one."""
        return self.left(endpoint_id, most) > 0

    def left(self, endpoint_id: str, most: int | None = None) -> int:
        """How many attempts at this endpoint may begin, if nothing else begins."""
        here, running, accepted = self._running[endpoint_id], self._running.total(), self._accepted.get(endpoint_id)
        allowed = (most or self._per_endpoint) if accepted else 1
        open_to_all = min(allowed - here, self._open_to_all - running)
        kept = min(1, self._total - running) if here == 0 and accepted is not False else 0
        return max(open_to_all, kept, 0)

    def take(self, endpoint_id: str) -> None:
        """An attempt begins."""
        self._running[endpoint_id] += 1

    def give_back(self, endpoint_id: str, *, accepted: bool) -> None:
        """An attempt has ended."""
        self._running[endpoint_id] -= 1
        if not self._running[endpoint_id]:
            del self._running[endpoint_id]
        self._accepted[endpoint_id] = accepted
