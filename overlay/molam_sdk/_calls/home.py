"""The account's home region: asked for once by a client and all its copies."""

from __future__ import annotations

import os
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from .._options import urls
from ..errors import ConfigurationError


class HomeRegion:
    """What `region="auto"` stands for, once it is known.

    Attributes:
        region: Name of the region; None as long as nobody has asked, "auto" for an account whose region has no name
            that could be part of a host.
        turns: For each event loop the lock of whoever asks on it.
    """

    __slots__ = ("_lock", "_pid", "region", "turns")

    def __init__(self) -> None:
        self.region: str | None = None
        self.turns: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._lock = Lock()
        self._pid = os.getpid()

    @property
    def lock(self) -> Lock:
        """The lock of the thread that asks; a forked child has its own, lest it waits for a thread of the parent."""
        if self._pid != os.getpid():
            self._lock = Lock()
            self._pid = os.getpid()
        return self._lock

    def found(self, name: object) -> None:
        """Keep what the account says; a name that cannot be part of a host never gets into one."""
        try:
            self.region = urls.region("home_region", name) or "auto"
        except ConfigurationError:
            self.region = "auto"
