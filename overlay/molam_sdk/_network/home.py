"""The connections of a process to the hosts that a client talks to; a forked child begins with none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .per_process import PerProcess
from .slots import Slots

if TYPE_CHECKING:
    from .peer import Peer


class Region(NamedTuple):
    """One host and the connections to it."""

    peer: Peer
    slots: Slots


class Home(PerProcess[dict[str, Region]]):
    """The hosts of a process, by name; closed at the latest when it is garbage.

    Attributes:
        is_closed: Whether nothing is to be sent any more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.is_closed = False
        super().__init__(dict[str, Region], _close_all)

    def find(self, name: str) -> Region | None:
        """Return the host of that name, None as long as nobody has opened it in this process."""
        return self.own().get(name)

    def open(self, name: str, peer: Peer) -> Region:
        """Return the host of that name, which has no connections yet; it is closed if the home is."""
        region = self.own().setdefault(name, Region(peer, Slots(self._most)))
        if self.is_closed:  # looked at after it can be found: whoever closes misses none
            region.slots.close()
        return region

    def close(self) -> None:
        """Close every connection, those that are in use once they are not; closing twice is harmless."""
        self.is_closed = True
        self.end()


def _close_all(regions: dict[str, Region]) -> None:
    for name in list(regions):
        region = regions.pop(name, None)
        if region is not None:
            region.slots.close()
