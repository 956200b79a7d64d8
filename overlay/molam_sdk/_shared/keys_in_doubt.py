"""Remembers in which region a call was or may have been carried out, since a repetition elsewhere might do it twice."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import inf
from os import urandom
from threading import Lock

from .days_names import KEPT, PAGE, DaysNames

MOST = 4_000_000
"""Keys that are kept at most, some 40 MB; beyond it those of the home region are forgotten first, the oldest first."""

_SALT = urandom(16)


def scope_of(api_key: str | None, account: str | None, livemode: bool | None) -> bytes:
    """Return what tells the idempotency keys of one account and mode from the equal ones of another."""
    said = "\0".join(map(str, (api_key, account, livemode)))
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16, key=_SALT).digest()


def name_of(scope: bytes, key: str) -> bytes:
    """Return what an idempotency key of a scope is kept as."""
    return blake2b(key.encode(), digest_size=8, key=scope).digest()


class KeysInDoubt:
    """Regions (their base URLs) by the names of idempotency keys: those in doubt and those done, for 24 h at least.

    Where keys had to be forgotten earlier, a key that is not known counts as one of them. They are of one region only,
    the home of the calls, until the others alone have more than there is room for.
    """

    __slots__ = ("_done", "_doubtful", "_forgotten", "_homes", "_is_torn", "_lock", "_torn_until")

    def __init__(self) -> None:
        self._doubtful: dict[str, DaysNames] = {}
        self._done: dict[str, DaysNames] = {}
        self._forgotten: dict[str, float] = {}
        self._homes: set[str] = set()
        self._lock = Lock()
        self._is_torn = False
        self._torn_until = -inf

    def renew(self) -> None:
        """Forget all."""
        self._lock = Lock()
        self._doubtful.clear()
        self._done.clear()
        self._forgotten.clear()
        self._homes.clear()
        self._is_torn = False
        self._torn_until = -inf

    def inherit(self) -> None:
        """Keep in a forked child what its parent knew, with a lock of its own.

        Where a thread of the parent held the lock, what it was about to note is missing: for a day a key that is not
        known may be the one, and goes home.
        """
        self._is_torn = self._is_torn or self._lock.locked()
        self._lock = Lock()

    def region_of(self, name: bytes, among: Sequence[str], now: float) -> str | None:
        """Return the one of these regions, home first, that has or may have carried out a call with this key."""
        with self._lock:
            if len(among) > 1:
                self._homes.add(among[0])
            for kept in (self._doubtful, self._done):
                for region in among:
                    if region in kept and name in kept[region]:
                        return region
            if self._is_torn:
                self._is_torn, self._torn_until = False, now + KEPT
            if now < self._torn_until:
                return among[0]
            if self._forgotten:
                for region in among:
                    if self._forgotten.get(region, -inf) > now:
                        return region
        return None

    def add(self, name: bytes, region: str, now: float) -> None:
        """A call with this key was sent there, and nobody knows what became of it."""
        with self._lock:
            self._put(self._doubtful, name, region, now)

    def done(self, name: bytes, region: str, now: float) -> None:
        """A call with this key was carried out there."""
        with self._lock:
            self._put(self._done, name, region, now)
            if region in self._doubtful:
                self._doubtful[region].discard(name)

    def discard(self, name: bytes, region: str) -> None:
        """Every call with this key was refused there."""
        with self._lock:
            if region in self._doubtful:
                self._doubtful[region].discard(name)

    def has(self, name: bytes) -> bool:
        """Whether a call with this key was or may have been carried out, in whichever region."""
        with self._lock:
            return any(name in names for kept in (self._doubtful, self._done) for names in kept.values())

    def __len__(self) -> int:
        return sum(len(names) for kept in (self._doubtful, self._done) for names in kept.values())

    def _put(self, kept: dict[str, DaysNames], name: bytes, region: str, now: float) -> None:
        names = kept.get(region)
        if names is None:
            names = kept[region] = DaysNames()
        if not names.has_room(now):
            self._make_room(now)
        names.add(name, now)

    def _make_room(self, now: float) -> None:
        for kept in (self._doubtful, self._done):
            for names in kept.values():
                names.expire(now)
        self._forgotten = {region: until for region, until in self._forgotten.items() if until > now}
        while len(self) + PAGE > MOST:
            self._forget_a_page()

    def _forget_a_page(self) -> None:
        sizes = {
            region: sum(len(kept[region]) for kept in (self._doubtful, self._done) if region in kept)
            for region in {*self._doubtful, *self._done}
        }
        first = [region for region in self._forgotten if sizes.get(region)]
        first = first or [region for region in self._homes if sizes.get(region)]
        region = max(first or sizes, key=lambda region: sizes[region])
        holders = [kept[region] for kept in (self._done, self._doubtful) if region in kept and kept[region].pages]
        oldest = min(holders, key=lambda names: names.pages[0].began_at)
        page = oldest.pages.pop(0)
        self._forgotten[region] = max(self._forgotten.get(region, -inf), page.until)
