"""How a synchronous worker waits; `async_waiting` has the same names for the asynchronous one."""

from __future__ import annotations

from threading import Event as Signal
from typing import TypeVar

T = TypeVar("T")

__all__ = ["COROUTINES", "Signal", "completed", "pause", "returned"]

COROUTINES = False


def pause(stop: Signal, seconds: float) -> None:
    """Wait so long, or until `stop` is set."""
    stop.wait(seconds)


def completed(done: T) -> T:
    """Nothing cancels what a thread does."""
    return done


def returned(_: object) -> None:
    """What a function of the user returned does not matter."""
