"""A raw-socket HTTP/1.1 server in a thread that misbehaves exactly as its script says."""

from __future__ import annotations

import socket
import ssl
import threading
from types import TracebackType
from typing import Self

from tests.faults.actions import Action, Answer
from tests.faults.connection import Connection, DisconnectedError, RecordedRequest, Stop


class FaultServer:
    """Plays one action per request, in the order the requests arrive; then `otherwise` for ever."""

    def __init__(self, *script: Action, otherwise: Action | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.otherwise: Action = otherwise or Answer()
        self._script = list(script)
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._changed = threading.Condition()
        self._stopping = Stop()
        self._requests: list[RecordedRequest] = []
        self._open: dict[int, Connection] = {}
        self._accepted = 0
        self._threads = [threading.Thread(target=self._accept, name="fault-server", daemon=True)]

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        if self._tls is not None:
            return f"https://localhost:{self.port}"
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[RecordedRequest]:
        with self._changed:
            return list(self._requests)

    @property
    def accepted(self) -> int:
        """How many connections were ever opened."""
        with self._changed:
            return self._accepted

    @property
    def open_connections(self) -> int:
        with self._changed:
            return len(self._open)

    def then(self, *script: Action) -> None:
        """Append to the script."""
        with self._changed:
            self._script.extend(script)

    def wait_for_requests(self, count: int, timeout: float = 10.0) -> list[RecordedRequest]:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._requests) >= count, timeout):
                raise AssertionError(f"{len(self._requests)} of {count} requests after {timeout} s")
            return list(self._requests)

    def wait_for_open_connections(self, count: int, timeout: float = 10.0) -> None:
        """Return once exactly `count` connections are open."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._open) == count, timeout):
                raise AssertionError(f"{len(self._open)} connections open, not {count}")

    def drop_connections(self) -> None:
        """Close every connection, as a server does with those that idled too long."""
        with self._changed:
            for connection in self._open.values():
                connection.interrupt()
        self.wait_for_open_connections(0)

    def start(self) -> Self:
        self._threads[0].start()
        return self

    def stop(self) -> None:
        """End every thread and close every socket; stopping twice is harmless."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._threads[0].join(10)
        with self._changed:
            threads = list(self._threads)
            for connection in self._open.values():
                connection.interrupt()
        for thread in threads:
            thread.join(10)
        self._listener.close()
        self._stopping.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _accept(self) -> None:
        while not self._stopping.comes_before(self._listener):
            sock, _ = self._listener.accept()
            sock.settimeout(10)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                self._accepted += 1
                connection = Connection(self._accepted, sock, self._stopping, self._record)
                self._open[connection.number] = connection
                thread = threading.Thread(
                    target=self._serve,
                    args=(connection,),
                    name=f"fault-connection-{connection.number}",
                    daemon=True,
                )
                self._threads.append(thread)
                self._changed.notify_all()
            thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            if self._tls is not None:
                connection.sock = self._tls.wrap_socket(connection.sock, server_side=True)
            while not connection.ended:
                connection.wait_for_byte()
                self._next_action().play(connection)
        except (DisconnectedError, OSError):
            pass
        finally:
            if not connection.ended:
                connection.close()
            with self._changed:
                self._open.pop(connection.number, None)
                self._changed.notify_all()

    def _next_action(self) -> Action:
        with self._changed:
            return self._script.pop(0) if self._script else self.otherwise

    def _record(self, request: RecordedRequest) -> None:
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()
