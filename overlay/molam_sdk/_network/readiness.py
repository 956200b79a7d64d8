"""Waits until a socket can be read or written, however many descriptors the process has open."""

from __future__ import annotations

import select
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Collection

READ = 1
WRITE = 2

_HAS_POLL = hasattr(select, "poll")
_EVENTS: dict[int, int] = (
    {READ: select.POLLIN, WRITE: select.POLLOUT, READ | WRITE: select.POLLIN | select.POLLOUT} if _HAS_POLL else {}
)
_BROKEN: int = select.POLLERR | select.POLLHUP | select.POLLNVAL if _HAS_POLL else 0

LONGEST_WAIT = 3600.0
"""Seconds; poll() counts milliseconds in 32 bits. Whoever waits longer looks at the clock in between."""


class Readiness:
    """What can be done with one socket without waiting."""

    __slots__ = ("_descriptor", "_poll", "_wanted")

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._wanted = READ
        self._poll: Any = None
        if _HAS_POLL:
            self._poll = select.poll()
            self._poll.register(descriptor, _EVENTS[READ])

    def wait(self, wanted: int, seconds: float) -> int:
        """Return what of READ and WRITE is possible, 0 if nothing is after so many seconds.

        An error or the end of the connection counts as everything that was wanted: the next operation says which.
        """
        seconds = min(seconds, LONGEST_WAIT)
        if self._poll is None:
            return _select(self._descriptor, wanted, seconds)
        if wanted != self._wanted:
            self._poll.modify(self._descriptor, _EVENTS[wanted])
            self._wanted = wanted
        found = self._poll.poll(ceil(seconds * 1000) if seconds > 0 else 0)
        if not found:
            return 0
        events: int = found[0][1]
        ready = (READ if events & select.POLLIN else 0) | (WRITE if events & select.POLLOUT else 0)
        return wanted if events & _BROKEN else ready


def _select(descriptor: int, wanted: int, seconds: float) -> int:
    reading = [descriptor] if wanted & READ else []
    writing = [descriptor] if wanted & WRITE else []
    readable, writable, broken = select.select(reading, writing, [descriptor], max(0.0, seconds))
    if broken:
        return wanted
    return (READ if readable else 0) | (WRITE if writable else 0)


def writable(sockets: Collection[socket.socket], seconds: float) -> list[socket.socket]:
    """Return those that can be written, or have failed, after so many seconds at most; it takes no descriptor."""
    seconds = max(0.0, min(seconds, LONGEST_WAIT))
    if not _HAS_POLL:
        _, ready, broken = select.select([], sockets, sockets, seconds)
        return list({*ready, *broken})
    poll = select.poll()
    by_descriptor = {sock.fileno(): sock for sock in sockets}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.POLLOUT)
    return [by_descriptor[descriptor] for descriptor, _ in poll.poll(ceil(seconds * 1000))]
