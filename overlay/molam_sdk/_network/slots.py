"""The connections to one host: so many at once, the last one used first, and whoever waits in turn.

Taking and giving back cost the same however many calls are under way. No interrupt can lose a slot, whichever line it
meets: what is in use is a set of slots, not a number that could be changed halfway, and a slot that is forgotten
leaves the set.

A handler of signals may close the slots at any line of its own thread, also where the lock is held: no step relies on
what it has looked at before.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections import OrderedDict, deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import ConfigurationError
from .faults import PoolTimeout
from .peer import KEEPALIVE_EXPIRY

if TYPE_CHECKING:
    from collections.abc import Callable

    from .connection import Connection

T = TypeVar("T")

_LOOK_ROUND = 0.1
"""Seconds after which the first in line looks for a slot that an interrupt has freed without telling."""
_LOOK_UP = 5.0
"""Seconds after which the last of a long line looks whether it is the first."""


class Slots:
    """So many slots, and the connections that idle.

    Attributes:
        held: What stands for the slots that are taken.
        gone: What stood for those that are garbage, and may have been among them.
    """

    def __init__(self, most: int, expiry: float = KEEPALIVE_EXPIRY) -> None:
        self._lock = threading.RLock()
        self._most = most
        self.held: dict[int, weakref.ref[Any]] = {}
        self.gone: deque[weakref.ref[Any]] = deque()
        self._idle: deque[Connection] = deque()
        self._waiting: OrderedDict[Slot, threading.Lock] = OrderedDict()
        self._expiry = expiry
        self._closed = False

    def take(self, slot: Slot, ends_at: float) -> None:
        """Make `slot` one of the slots, with a connection that idled if there is one.

        Raises:
            PoolTimeout: If none becomes free until the monotonic time `ends_at`.
            ConfigurationError: If they are closed, also meanwhile.
        """
        if not self._locked(self._fill, slot):
            try:
                self._wait(slot, ends_at)
            except BaseException:
                self._locked(self._leave, slot)
                raise
        connection = slot.connection
        if connection is not None and not connection.is_fresh(time.monotonic(), self._expiry):
            slot.drop()

    def give_back(self, slot: Slot) -> None:
        """Take a slot back, with the connection in it if there is one; it raises nothing, closed meanwhile or not."""
        for connection in self._locked(self._empty, slot):
            connection.close()

    def sweep(self) -> bool:
        """Close what has idled for too long; return whether nobody has anything here any more."""
        expired = self._expired()
        for connection in expired:
            connection.close()
        return not (self.held or self._idle or self._waiting)

    def close(self) -> None:
        """Close what idles, and whatever is given back later; nobody gets a slot any more."""
        self._closed = True
        with self._lock:
            turned_away = list(self._waiting.values())
        for turn in turned_away:
            with suppress(RuntimeError):  # it has its slot, or was turned away before
                turn.release()
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _locked(self, step: Callable[[Slot], T], slot: Slot) -> T:
        # In one line, so that an interrupt at any line leaves the lock released.
        with self._lock: return step(slot)  # noqa: E701  # fmt: skip

    def _fill(self, slot: Slot) -> bool:
        if slot.is_held:
            return True
        if self._closed:
            return False
        while self.gone:
            self.held.pop(id(self.gone.pop()), None)
        if len(self.held) < self._most and (not self._waiting or next(iter(self._waiting), slot) is slot):
            self._waiting.pop(slot, None)
            self.held[id(slot.ref)] = slot.ref
            try:
                slot.connection = self._idle.pop()
            except IndexError:
                slot.connection = None
            return True
        if slot not in self._waiting:
            turn = threading.Lock()
            turn.acquire()
            self._waiting[slot] = turn
        return False

    def _empty(self, slot: Slot) -> list[Connection]:
        """Put the connection where it belongs; return those that are to be closed."""
        leftover: list[Connection] = []
        connection, slot.connection = slot.connection, None
        if connection is not None:
            connection.idle_since = now = time.monotonic()
            self._idle.append(connection)
            try:
                while self._closed or now - self._idle[0].idle_since > self._expiry:
                    leftover.append(self._idle.popleft())
            except IndexError:
                pass
        self.held.pop(id(slot.ref), None)
        if self._waiting:
            self._hand_on()
        return leftover

    def _hand_on(self) -> None:
        """Give what is free to those who wait first; what is changed meanwhile, they find out when they look round."""
        with suppress(IndexError, RuntimeError, StopIteration):
            while not self._closed:
                following, turn = next(iter(self._waiting.items()))
                if not self._fill(following):
                    return
                turn.release()

    def _expired(self) -> list[Connection]:
        """Take out what has idled for too long."""
        expired: list[Connection] = []
        now = time.monotonic()
        with self._lock, suppress(IndexError):
            while self.gone:
                self.held.pop(id(self.gone.pop()), None)
            while now - self._idle[0].idle_since > self._expiry:
                expired.append(self._idle.popleft())
        return expired

    def _leave(self, slot: Slot) -> None:
        self._waiting.pop(slot, None)

    def _patience(self, slot: Slot) -> float:
        """Return for how long to wait before looking round: the longer the line, the less, but for its first."""
        if next(iter(self._waiting), slot) is slot:
            return _LOOK_ROUND
        return min(_LOOK_ROUND * len(self._waiting), _LOOK_UP)

    def _wait(self, slot: Slot, ends_at: float) -> None:
        turn = self._waiting.get(slot)
        while not slot.is_held:
            if self._closed:
                raise closed()
            left = ends_at - time.monotonic()
            if left > 0 and turn is not None:
                turn.acquire(timeout=min(left, self._locked(self._patience, slot)))
            if not self._locked(self._fill, slot) and left <= 0:
                self._locked(self._leave, slot)
                if not slot.is_held:
                    raise PoolTimeout("no connection became free in time")


class Slot:
    """A slot that one attempt has, or is waiting for.

    Attributes:
        connection: The connection in it; None as long as there is none.
        ref: What stands for it among the slots that are held.
    """

    __slots__ = ("__weakref__", "_slots", "connection", "ref")

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self.connection: Connection | None = None
        self.ref: weakref.ref[Any] = weakref.ref(self, slots.gone.append)

    @property
    def is_held(self) -> bool:
        """Whether it was taken and not given back."""
        return id(self.ref) in self._slots.held

    def drop(self) -> None:
        """Close the connection, if there is one; the slot stays taken."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def give_back(self) -> None:
        """Give the slot back with its connection."""
        if self.is_held:
            self._slots.give_back(self)


def closed() -> ConfigurationError:
    """Return the error for a call on a client that was closed."""
    return ConfigurationError("this client is closed; make a new one")
