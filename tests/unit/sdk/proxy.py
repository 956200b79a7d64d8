"""A tiny HTTP proxy in a thread: it forwards absolute URLs and tunnels CONNECT, and remembers both."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from typing import Self


class Proxy:
    """Accepts one request per connection.

    `credentials` makes it ask for them, `says` is answered in place of anything else (b"" closes, None is silent).
    What a server sends while it holds the `gate` is handed on in one piece.
    """

    def __init__(
        self,
        *,
        credentials: str | None = None,
        says: bytes | None = b"...",
        tls: ssl.SSLContext | None = None,
        gate: threading.Lock | None = None,
    ) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._credentials = credentials
        self._says = says
        self._tls = tls
        self._gate = gate or threading.Lock()
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self.seen: list[tuple[str, dict[str, str]]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for sock in self._sockets:
            sock.close()

    def _start(self, work: object, *args: object) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                if self._tls is not None:
                    sock = self._tls.wrap_socket(sock, server_side=True)
                self._sockets.append(sock)
                self._start(self._serve, sock)

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                chunk = client.recv(65536)
                if not chunk:
                    return
                head += chunk
            head, _, rest = head.partition(b"\r\n\r\n")
            line, *lines = head.decode("ascii").split("\r\n")
            headers = dict(item.lower().split(": ", 1) for item in lines)
            self.seen.append((line, headers))
            if self._says is None:
                client.recv(1)
            elif self._says != b"...":
                client.sendall(self._says)
                client.shutdown(socket.SHUT_RDWR)
            elif self._credentials is not None and headers.get("proxy-authorization") != self._credentials.lower():
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            else:
                self._forward(client, line, head, rest)

    def _forward(self, client: socket.socket, line: str, head: bytes, rest: bytes) -> None:
        method, target, _ = line.split(" ")
        authority = target if method == "CONNECT" else target.split("/")[2]
        host, _, port = authority.rpartition(":")
        server = socket.create_connection(("127.0.0.1" if host == "localhost" else host, int(port)))
        self._sockets.append(server)
        if method == "CONNECT":
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            server.sendall(rest)
        else:
            path = target.split(authority, 1)[1]
            server.sendall(head.replace(target.encode(), path.encode(), 1) + b"\r\n\r\n" + rest)
        _pump(client, server, self._gate)


def _pump(client: socket.socket, server: socket.socket, gate: threading.Lock) -> None:
    """Carry bytes both ways until one side ends; in one thread, as a TLS socket wants it."""
    other = {client: server, server: client}
    while True:
        pending = [sock for sock in other if isinstance(sock, ssl.SSLSocket) and sock.pending()]
        for sock in pending or select.select(list(other), [], [])[0]:
            with gate if sock is server else contextlib.nullcontext():
                data = sock.recv(65536)
            if not data:
                other[sock].shutdown(socket.SHUT_RDWR)
                return
            other[sock].sendall(data)
