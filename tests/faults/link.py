"""One connection through the fault proxy: the bytes of the client, of the real server, and the ways to end it."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from tests.faults.connection import DisconnectedError, Stop

_RESET = struct.pack("ii", 1, 0)
_END_OF_HEAD = b"\r\n\r\n"
_PATIENCE = 10.0


@dataclass(frozen=True)
class Passed:
    """An answer of the real server, byte for byte; `head` ends with the empty line."""

    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.head + self.body

    def with_header(self, name: bytes, value: bytes | None) -> Passed:
        """The same with another value for one header, or without it."""
        line = b"" if value is None else b"\r\n" + name + b": " + value
        head = re.sub(rb"(?i)\r\n" + name + rb":[^\r]*", b"", self.head)
        return Passed(head.removesuffix(_END_OF_HEAD) + line + _END_OF_HEAD, self.body)


class Link:
    """What a fault of the path may do with one connection of a client."""

    def __init__(
        self,
        number: int,
        sock: socket.socket,
        stopping: Stop,
        upstream: tuple[str, int],
        keep: Callable[[Passed], None],
    ) -> None:
        self.number = number
        self.sock = sock
        self.ended = False
        self._stopping = stopping
        self._upstream = upstream
        self._keep = keep
        self._buffer = b""

    def wait_for_byte(self) -> None:
        """Return once the client has begun a request; raise DisconnectedError if it closes instead."""
        if not self._buffer:
            self._fill()

    def read(self, count: int) -> bytes:
        """Exactly as many bytes of the client."""
        while len(self._buffer) < count:
            self._fill(count - len(self._buffer))
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def read_head(self) -> bytes:
        while _END_OF_HEAD not in self._buffer:
            self._fill()
        return self.read(self._buffer.index(_END_OF_HEAD) + len(_END_OF_HEAD))

    def read_request(self) -> bytes:
        """A whole request, byte for byte."""
        head = self.read_head()
        return head + self.read(length_of(head))

    def forward(self, request: bytes, interval: float = 0.0) -> Passed:
        """What the real server answers: when this returns, it has done what was asked."""
        head, _, body = request.partition(_END_OF_HEAD)
        host = b"\r\nHost: %b:%d" % (self._upstream[0].encode(), self._upstream[1])
        request = re.sub(rb"(?i)\r\nHost:[^\r]*", host, head) + _END_OF_HEAD + body
        with socket.create_connection(self._upstream, _PATIENCE) as server:
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in (request,) if not interval else (bytes([byte]) for byte in request):
                server.sendall(piece)
                self.pause(interval)
            received = b""
            while _END_OF_HEAD not in received:
                received += _some(server)
            head, _, body = received.partition(_END_OF_HEAD)
            head += _END_OF_HEAD
            while len(body) < length_of(head):
                body += _some(server)
        answer = Passed(head, body)
        self._keep(answer)
        return answer

    def send(self, data: bytes) -> None:
        if self._stopping.is_set():
            raise DisconnectedError
        self.sock.sendall(data)

    def drip(self, data: bytes, interval: float) -> None:
        for byte in data:
            self.send(bytes([byte]))
            self.pause(interval)

    def pause(self, seconds: float) -> None:
        """Wait, unless the proxy stops first."""
        if seconds and self._stopping.wait(seconds):
            raise DisconnectedError

    def hold(self) -> NoReturn:
        """Say nothing and read nothing until the client goes away or the proxy stops."""
        poll = select.poll()
        poll.register(self.sock, getattr(select, "POLLRDHUP", select.POLLHUP))
        poll.register(self._stopping, select.POLLIN)
        poll.poll()
        raise DisconnectedError

    def finish(self) -> None:
        """End with a FIN, whatever the client has sent that was not read, and wait for the client's own."""
        self.ended = True
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_WR)
            while not self._stopping.comes_before(self.sock) and socket.socket.recv(self.sock, 65536):
                pass
        self.sock.close()

    def reset(self) -> None:
        """End with an RST."""
        self.ended = True
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.sock.close()

    def end(self, *, reset: bool) -> None:
        if reset:
            self.reset()
        else:
            self.finish()

    def interrupt(self) -> None:
        """Wake a thread that is blocked on this connection; safe to call from any thread."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _fill(self, most: int = 65536) -> None:
        pending = isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()
        if not pending and self._stopping.comes_before(self.sock):
            raise DisconnectedError
        data = self.sock.recv(most)
        if not data:
            raise DisconnectedError
        self._buffer += data


def length_of(head: bytes) -> int:
    found = re.search(rb"(?i)\r\nContent-Length: *([0-9]+)", head)
    return int(found[1]) if found else 0


def _some(server: socket.socket) -> bytes:
    data = server.recv(65536)
    if not data:
        raise ConnectionResetError("the real server closed the connection in mid-answer")
    return data
