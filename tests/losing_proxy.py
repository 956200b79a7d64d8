"""A TCP proxy before PostgreSQL that passes a COMMIT on and then cuts the connection instead of the answer."""

import contextlib
import re
import socket
import threading
from types import TracebackType
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from molam_gateway.storage.postgres_url import PostgresUrl

_COMMIT = b"COMMIT\x00"
_PREPARED = re.compile(rb"(_molam_\d+\x00)COMMIT\x00")
_CHUNK = 65536


class LosingProxy:
    """Listens on a free port; `url` leads through it, `lost` counts the answers that never came."""

    def __init__(self, url: PostgresUrl) -> None:
        given = conninfo_to_dict(url.conninfo)
        self._server = (str(given["host"]), int(given.get("port") or 5432))
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        conninfo = make_conninfo(url.conninfo, host="127.0.0.1", port=port, sslmode="disable", gssencmode="disable")
        self.url = PostgresUrl(conninfo, url.shown)
        self.lost = 0
        self._losing = 0
        self._peers: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def lose_next(self) -> None:
        """Lose the answer to the next commit."""
        self._losing += 1

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for peer in self._peers:
            _end(peer)
        for thread in self._threads:
            thread.join(5)
        for peer in self._peers:
            peer.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            self._peers += [client, server]
            cut = threading.Event()
            for target in (self._forward, self._answer):
                thread = threading.Thread(target=target, args=(client, server, cut), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _forward(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        commits = {_COMMIT}
        while data := _received(client):
            commits.update(_PREPARED.findall(data))
            if self._losing and any(each in data for each in commits):
                self._losing -= 1
                self.lost += 1
                cut.set()
            _pass_on(server, data)
        _end(server)

    def _answer(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        while data := _received(server):
            if cut.is_set():
                break
            _pass_on(client, data)
        _end(client)
        _end(server)


def _received(peer: socket.socket) -> bytes:
    try:
        return peer.recv(_CHUNK)
    except OSError:
        return b""


def _pass_on(peer: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        peer.sendall(data)


def _end(peer: socket.socket) -> None:
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)
