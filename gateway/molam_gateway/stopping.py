"""Turns signals into an orderly end, from before there is anything to clean up."""

import contextlib
import signal
import threading
from collections.abc import Callable, Generator
from types import FrameType
from typing import TypeAlias

Handle: TypeAlias = Callable[[int, FrameType | None], None]

_SIGNALS = tuple(
    number
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if (number := getattr(signal, name, None)) is not None
)


class Stop:
    """A wish to stop, which may come before there is a server that could."""

    def __init__(self) -> None:
        self.wished = False
        self._then: Handle | None = None

    def goes_to(self, then: Handle) -> None:
        """Hand every signal from now on to `then` as well."""
        self._then = then

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Remember the signal, or pass it on."""
        self.wished = True
        if self._then is not None:
            self._then(number, frame)


@contextlib.contextmanager
def on_signals() -> Generator[Stop]:
    """Let SIGTERM, SIGINT and SIGHUP ask for the end of the block instead of ending the process (main thread only)."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    previous = {number: signal.signal(number, stop.handle) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
