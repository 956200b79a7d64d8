"""Knows whether anything of an instruction has left, for calls that are broken off before their answer."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Departure:
    """`told` is set by an adapter that says when something leaves; `left` once it does, and never taken back."""

    told: bool = False
    left: bool = False

    @property
    def still_here(self) -> bool:
        """Whether it is certain that nothing has left."""
        return self.told and not self.left


_CURRENT: ContextVar[Departure | None] = ContextVar("departure", default=None)


@contextmanager
def watched() -> Generator[Departure]:
    """Watch what is sent within the block."""
    departure = Departure()
    token = _CURRENT.set(departure)
    try:
        yield departure
    finally:
        _CURRENT.reset(token)


def will_be_told() -> None:
    """Say that nothing has left so far, and that `leaves` is called before anything does."""
    departure = _CURRENT.get()
    if departure is not None:
        departure.told = True


def leaves() -> None:
    """Say that from now on something may have left."""
    departure = _CURRENT.get()
    if departure is not None:
        departure.left = True
