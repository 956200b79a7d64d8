"""What a name leads to: a resolver whose answers a test chooses, and addresses at which nobody ever answers."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Generator
from typing import Any

import pytest

HOST = "gateway.test"
"""A name that only `Names` knows, as every name of this domain."""

_getaddrinfo = socket.getaddrinfo


class Names:
    """Resolves `HOST` and its neighbours as told; everything else as ever."""

    def __init__(self) -> None:
        self._addresses: tuple[str, ...] = ()
        self._silent = False
        self._released = threading.Event()
        self.asked = 0

    def lead_to(self, *addresses: str) -> None:
        """Give these addresses in this order; without any, the name does not exist."""
        self._addresses = addresses
        self._silent = False
        self._released.set()

    def hang(self) -> None:
        """Give no answer until told where the name leads."""
        self._silent = True
        self._released.clear()

    def release(self) -> None:
        """Let everybody go who still waits for an answer."""
        self._released.set()

    def getaddrinfo(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if not name.endswith(".test"):
            return _getaddrinfo(host, port, *args, **kwargs)
        self.asked += 1
        if self._silent:
            self._released.wait(30)
        if not self._addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found: list[Any] = []
        for address in self._addresses:
            found += _getaddrinfo(address, port, type=socket.SOCK_STREAM)
        return found


@contextlib.contextmanager
def resolving(monkeypatch: pytest.MonkeyPatch) -> Generator[Names]:
    """Put a resolver of our own in the place of the system's."""
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    try:
        yield names
    finally:
        names.release()


@contextlib.contextmanager
def silent_listener(address: str, port: int) -> Generator[None]:
    """A port whose queue is full: the system drops whoever knocks, so that a connect hangs."""
    with contextlib.ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(16):
            knocking = opened.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex((address, port))
            if not select.select([], [knocking], [], 0.05)[1]:
                break
        else:
            pytest.skip("this system's queues do not fill")
        yield
