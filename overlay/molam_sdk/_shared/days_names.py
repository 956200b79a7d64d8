"""A set that keeps what was put into it for a day, in some ten bytes each: names of eight bytes, drawn as by a hash."""

from __future__ import annotations

KEPT = 24 * 3600.0
"""Seconds for which a name is kept at least."""

SPAN = 6 * 3600.0
"""Seconds for which names go into the same page; pages are forgotten whole."""

PAGE = 250_000
"""Names that a page takes at most."""

_BUCKETS = 0xFFF
_REST = 6


class Page:
    """The names of one stretch of time, in buckets by their first bits.

    Attributes:
        began_at: Monotonic time of the first.
        count: How many there are.
    """

    __slots__ = ("_buckets", "began_at", "count")

    def __init__(self, began_at: float) -> None:
        self.began_at = began_at
        self.count = 0
        self._buckets: dict[int, bytearray] = {}

    @property
    def until(self) -> float:
        """When all of them may be forgotten."""
        return self.began_at + SPAN + KEPT

    def add(self, name: bytes) -> None:
        """Put a name in that is not there."""
        number = _bucket(name)
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = bytearray()
        bucket += name[2:]
        self.count += 1

    def __contains__(self, name: bytes) -> bool:
        return self._find(name) >= 0

    def discard(self, name: bytes) -> None:
        """Take a name out, if it is there."""
        at = self._find(name)
        if at >= 0:
            del self._buckets[_bucket(name)][at : at + _REST]
            self.count -= 1

    def _find(self, name: bytes) -> int:
        bucket = self._buckets.get(_bucket(name))
        if bucket is None:
            return -1
        rest = name[2:]
        at = bucket.find(rest)
        while at % _REST and at >= 0:
            at = bucket.find(rest, at + 1)
        return at


class DaysNames:
    """The names of the last day, newest page last."""

    __slots__ = ("pages",)

    def __init__(self) -> None:
        self.pages: list[Page] = []

    def __len__(self) -> int:
        return sum(page.count for page in self.pages)

    def __contains__(self, name: bytes) -> bool:
        return any(name in page for page in self.pages)

    def has_room(self, now: float) -> bool:
        """Whether the next name goes into the newest page."""
        return bool(self.pages) and self.pages[-1].count < PAGE and now - self.pages[-1].began_at < SPAN

    def add(self, name: bytes, now: float) -> None:
        """Put a name in, to be kept for a day from now."""
        if not self.has_room(now):
            self.pages.append(Page(now))
        if name not in self.pages[-1]:
            self.pages[-1].add(name)

    def discard(self, name: bytes) -> None:
        """Take a name out."""
        for page in self.pages:
            page.discard(name)

    def expire(self, now: float) -> None:
        """Forget the pages that have been kept for a day."""
        self.pages = [page for page in self.pages if page.until > now]


def _bucket(name: bytes) -> int:
    return int.from_bytes(name[:2], "little") & _BUCKETS
