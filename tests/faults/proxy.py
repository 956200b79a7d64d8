"""A TCP proxy in a thread between a client and a real server, which breaks the path exactly as its script says."""

from __future__ import annotations

import socket
import ssl
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.faults.connection import DisconnectedError, Stop
from tests.faults.cuts import Cut, EarlyCut, Pass
from tests.faults.link import Link, Passed


class FaultProxy:
    """Plays one fault per exchange, or per connection where the fault is an early one; then `otherwise` for ever.

    With `tls` it is the TLS server that the client sees; behind it the bytes go on in the clear. `name` is the host in
    its URL. Without `listening` connections are refused until `listen()`.
    """

    def __init__(
        self,
        upstream: str,
        *script: Cut | EarlyCut,
        otherwise: Cut | EarlyCut | None = None,
        tls: ssl.SSLContext | None = None,
        name: str = "localhost",
        listening: bool = True,
        receive_buffer: int | None = None,
    ) -> None:
        parts = urlsplit(upstream)
        self.otherwise: Cut | EarlyCut = otherwise or Pass()
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._script = list(script)
        self._tls = tls
        self._name = name
        self._listening = listening
        self._listener = socket.socket()
        if receive_buffer is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._listener.bind(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._stopping = Stop()
        self._links: dict[int, Link] = {}
        self._accepted = 0
        self._threads: list[threading.Thread] = []
        self._passed: list[Passed] = []
        self._peers: list[str] = []

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://{self._name}:{self.port}"

    @property
    def accepted(self) -> int:
        """How many connections were ever accepted."""
        with self._lock:
            return self._accepted

    @property
    def passed(self) -> list[Passed]:
        """The answers of the real server, whatever became of them."""
        with self._lock:
            return list(self._passed)

    @property
    def peers(self) -> list[str]:
        """The serial numbers of the certificates that clients have shown, one for each connection."""
        with self._lock:
            return list(self._peers)

    def then(self, *script: Cut | EarlyCut) -> None:
        """Append to the script."""
        with self._lock:
            self._script.extend(script)

    def listen(self) -> None:
        """Accept connections from now on."""
        self._listener.listen(256)
        accepting = threading.Thread(target=self._accept, name="fault-proxy", daemon=True)
        with self._lock:
            self._threads.append(accepting)
        accepting.start()

    def __enter__(self) -> Self:
        if self._listening:
            self.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End every thread and close every socket; stopping twice is harmless."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        with self._lock:
            threads = list(self._threads)
        for thread in threads[:1]:
            thread.join(10)
        with self._lock:
            threads = list(self._threads)
            for link in self._links.values():
                link.interrupt()
        for thread in threads:
            thread.join(10)
        self._listener.close()
        self._stopping.close()

    def _accept(self) -> None:
        while not self._stopping.comes_before(self._listener):
            sock, _ = self._listener.accept()
            sock.settimeout(10)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._accepted += 1
                link = Link(self._accepted, sock, self._stopping, self._upstream, self._keep)
                self._links[link.number] = link
                thread = threading.Thread(
                    target=self._serve, args=(link,), name=f"fault-link-{link.number}", daemon=True
                )
                self._threads.append(thread)
            thread.start()

    def _serve(self, link: Link) -> None:
        try:
            early = self._next_early()
            if early is not None:
                early.meet(link, self._tls)
                return
            if self._tls is not None and not self._shake_hands(link, self._tls):
                return
            while not link.ended:
                link.wait_for_byte()
                self._next().play(link)
        except (DisconnectedError, OSError):
            pass
        finally:
            link.interrupt()
            link.sock.close()
            with self._lock:
                del self._links[link.number]

    def _shake_hands(self, link: Link, tls: ssl.SSLContext) -> bool:
        """Whether TLS was agreed upon; if not, the alert that says why is left to arrive before the connection ends."""
        sealed = tls.wrap_socket(link.sock, server_side=True, do_handshake_on_connect=False)
        link.sock = sealed
        try:
            sealed.do_handshake()
        except ssl.SSLError:
            link.finish()
            return False
        shown = sealed.getpeercert()
        if shown:
            with self._lock:
                self._peers.append(str(shown["serialNumber"]))
        return True

    def _next_early(self) -> EarlyCut | None:
        with self._lock:
            found = self._script[0] if self._script else self.otherwise
            if not isinstance(found, EarlyCut):
                return None
            if self._script:
                self._script.pop(0)
            return found

    def _next(self) -> Cut:
        with self._lock:
            found = self._script[0] if self._script else self.otherwise
            if isinstance(found, EarlyCut):
                return Pass()  # it is for the next connection, and this one was kept alive
            if self._script:
                self._script.pop(0)
            return found

    def _keep(self, answer: Passed) -> None:
        with self._lock:
            self._passed.append(answer)
