"""What a process has of its own: a forked child begins without its parent's, whichever of its threads comes first."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class PerProcess(Generic[T]):
    """Makes a thing for each process, and lets go of it at the latest when the owner is garbage.

    A child never lets go of what is its parent's, nor forgets it: both could end it for the parent too.
    """

    def __init__(self, make: Callable[[], T], let_go: Callable[[T], object]) -> None:
        self._make = make
        self._let_go = let_go
        self._estate = self._begin(None)

    def own(self) -> T:
        """Return the thing of this process."""
        estate = self._estate
        if estate.pid != os.getpid():
            estate = self._leave_parent(estate)
        return estate.thing

    def end(self) -> None:
        """Let go of the thing of this process now."""
        self._let_go(self.own())
        self._estate.finalizer.detach()

    def _leave_parent(self, parent: _Estate[T]) -> _Estate[T]:
        """Return what all threads of the child agree on; it is in place as a whole or not at all."""
        parent.finalizer.detach()
        begun = self._begin(parent)
        estate = parent.heirs.setdefault(begun.pid, begun)
        if estate is not begun:
            begun.finalizer.detach()
        self._estate = estate
        return estate

    def _begin(self, parent: _Estate[T] | None) -> _Estate[T]:
        thing, pid = self._make(), os.getpid()
        return _Estate(thing, pid, weakref.finalize(self, _end, self._let_go, thing, pid), parent)


class _Estate(Generic[T]):
    """A thing and whose it is; it is never changed."""

    __slots__ = ("finalizer", "heirs", "parent", "pid", "thing")

    def __init__(self, thing: T, pid: int, finalizer: weakref.finalize[Any, Any], parent: _Estate[T] | None) -> None:
        self.thing = thing
        self.pid = pid
        self.finalizer = finalizer
        self.parent = parent
        self.heirs: dict[int, _Estate[T]] = {}


def _end(let_go: Callable[[T], object], thing: T, pid: int) -> None:
    if pid == os.getpid():
        let_go(thing)
