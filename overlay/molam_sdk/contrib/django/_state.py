"""What a process makes once from the settings, and makes anew when a test changes them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_every: list[Callable[[], None]] = []


class Once(Generic[T]):
    """Something that is made when it is first asked for, by one thread."""

    def __init__(self, make: Callable[[], T], end: Callable[[T], None] | None = None) -> None:
        self._make = make
        self._end = end
        self._made: list[T] = []
        self._lock = threading.RLock()
        _every.append(self.forget)

    def get(self) -> T:
        """Return it."""
        made = self._made
        if made:
            return made[0]
        with self._lock:
            if not self._made:
                self._made = [self._make()]
            return self._made[0]

    def forget(self) -> None:
        """End it, and make another one when somebody asks."""
        with self._lock:
            made, self._made = self._made, []
        for each in made:
            if self._end is not None:
                self._end(each)


def forget_all() -> None:
    """Forget whatever was made, the last first."""
    for forget in reversed(_every):
        forget()


def settings_changed(*, setting: str, **_: object) -> None:
    """Forget what was made from settings that a test overrides, or restores."""
    if setting in ("MOLAM", "DATABASES") or setting.startswith("MOLAM_"):
        forget_all()
