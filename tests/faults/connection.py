"""One accepted connection of the fault server: reads requests, writes bytes, ends politely or with a reset."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class RecordedRequest:
    """A request as it arrived; header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    received_at: float

    @property
    def attempt_id(self) -> str | None:
        return self.headers.get("molam-attempt-id")

    @property
    def idempotency_key(self) -> str | None:
        return self.headers.get("idempotency-key")


class Stop:
    """Tells every thread of a server to end, also those that wait for a socket."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._waking, self._woken = socket.socketpair()

    def comes_before(self, sock: socket.socket) -> bool:
        """Wait until there is something to read from the socket: False, or the end: True."""
        select.select([sock, self._woken], [], [])
        return self.is_set()

    def fileno(self) -> int:
        """What becomes readable at the end."""
        return self._woken.fileno()

    def set(self) -> None:
        self._event.set()
        self._waking.send(b"!")

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        return self._event.wait(seconds)

    def close(self) -> None:
        self._waking.close()
        self._woken.close()


class DisconnectedError(Exception):
    """The client closed, or the server is stopping."""


@dataclass
class Connection:
    """What an action may do; `record` is told of every complete request."""

    number: int
    sock: socket.socket
    stopping: Stop
    record: Callable[[RecordedRequest], None]
    sent: list[bytes] = field(default_factory=list[bytes])
    ended: bool = False
    _buffer: bytes = b""

    def wait_for_byte(self) -> None:
        """Return once the client has begun a request; raise DisconnectedError if it closes instead."""
        if self._buffer:
            return
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            return
        if self.stopping.comes_before(self.sock):
            raise DisconnectedError
        if isinstance(self.sock, ssl.SSLSocket):
            self._fill()
        elif self.sock.recv(1, socket.MSG_PEEK) == b"":
            raise DisconnectedError

    def read_request(self) -> RecordedRequest:
        while b"\r\n\r\n" not in self._buffer:
            self._fill()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        while len(self._buffer) < length:
            self._fill()
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        request = RecordedRequest(method, target, headers, body, self.number, time.monotonic())
        self.record(request)
        return request

    def send(self, data: bytes) -> None:
        if self.stopping.is_set():
            raise DisconnectedError
        self.sock.sendall(data)

    def pause(self, seconds: float) -> None:
        """Wait, unless the server stops or the client goes away first."""
        if self.stopping.wait(seconds):
            raise DisconnectedError

    def hold(self, release: threading.Event) -> None:
        while not release.wait(0.02):
            if self.stopping.is_set():
                raise DisconnectedError

    def interrupt(self) -> None:
        """Wake a thread that is blocked on this socket; safe to call from any thread."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def close(self) -> None:
        self.ended = True
        self.interrupt()
        self.sock.close()

    def reset(self) -> None:
        """Close with an RST instead of a FIN."""
        self.ended = True
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.sock.close()

    def _fill(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise DisconnectedError
        self._buffer += data
