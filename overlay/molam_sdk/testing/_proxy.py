"""A proxy before the sandbox that has payments declined, whatever their payment method."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit

from . import _catalog
from ._errors import StandInError

if TYPE_CHECKING:
    from types import TracebackType

_METHODS = {
    "generic_decline": "pm_cpay_declined",
    "insufficient_funds": "pm_cpay_insufficient_funds",
    "expired_card": "pm_cpay_expired",
}
_COLLECTING = ("create_payment_intent", "confirm_payment_intent", "initialize_payment")
_CHUNK = 65_536
_LONGEST_HEAD = 65_536
_RESET = struct.pack("ii", 1, 0)


class DecliningProxy:
    """Listens on a free port of the loopback and passes everything on to a sandbox, byte by byte as it comes.

    The gateway itself declines: the proxy only exchanges the payment method for one that the sandbox declines.

    Args:
        url: The sandbox.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._turn = threading.Lock()
        self._declines: list[str] = []
        self._declined: dict[str, str] = {}
        self._open: set[socket.socket] = set()
        self._accepting = threading.Thread(target=self._accept, name="molam-proxy", daemon=True)

    def decline(self, reason: str = "generic_decline", times: int = 1) -> None:
        """Have the next payments that are to be collected declined.

        Args:
            reason: generic_decline, insufficient_funds or expired_card.
            times: How many; a repetition with the same idempotency key is the same.

        Raises:
            StandInError: For another reason.
        """
        if reason not in _METHODS:
            raise StandInError(f"the sandbox does not decline for {reason!r}: choose one of {', '.join(_METHODS)}")
        with self._turn:
            self._declines += [_METHODS[reason]] * times

    def start(self) -> Self:
        """Start to listen."""
        self._accepting.start()
        return self

    def stop(self) -> None:
        """Cut every connection and listen no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._turn:
            for peer in self._open:
                with contextlib.suppress(OSError):
                    peer.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), name="molam-proxy", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """Pass on what one client asks, while another thread passes on what is answered."""
        with client:
            try:
                server = socket.create_connection(self._target)
            except OSError:
                return
            with server:
                both = {client, server}
                with self._turn:
                    self._open |= both
                for peer in both:
                    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                answering = threading.Thread(target=_pump, args=(server, client), name="molam-proxy", daemon=True)
                answering.start()
                with contextlib.suppress(OSError, ValueError):
                    self._ask(client, server)
                with contextlib.suppress(OSError):
                    server.shutdown(socket.SHUT_WR)
                answering.join()
                with self._turn:
                    self._open -= both

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with client.makefile("rb") as asked:
            while head := _head(asked):
                lines = head.decode("latin-1").split("\r\n")
                pairs = [line.partition(":") for line in lines[1:]]
                headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
                if "upgrade" in headers or "transfer-encoding" in headers:
                    server.sendall(head)
                    while data := asked.read1(_CHUNK):
                        server.sendall(data)
                    return
                body = asked.read(int(headers.get("content-length", "0")))
                method, target = [*lines[0].split(" "), "", ""][:2]
                changed = self._changed(method, target.partition("?")[0], headers.get("idempotency-key", ""), body)
                server.sendall((head if changed is body else _resized(lines, len(changed))) + changed)

    def _changed(self, method: str, path: str, key: str, body: bytes) -> bytes:
        """Return a body with a payment method that is declined, if that is wanted for it."""
        found = _catalog.find(method, path)
        if found is None or found.operation not in _COLLECTING:
            return body
        try:
            told: Any = json.loads(body or b"{}")
        except ValueError:
            return body
        if not isinstance(told, dict):
            return body
        members = cast("dict[str, Any]", told)
        if found.operation == "create_payment_intent" and members.get("confirm") is not True:
            return body
        with self._turn:
            token = self._declined.get(key)
            if token is None and self._declines:
                token = self._declined[key] = self._declines.pop(0)
        return body if token is None else json.dumps({**members, "payment_method": token}).encode()


def _head(asked: Any) -> bytes:
    """Return a request up to its empty line; nothing at the end."""
    lines: list[bytes] = []
    while line := asked.readline(_LONGEST_HEAD):
        lines.append(line)
        if line in (b"\r\n", b"\n"):
            return b"".join(lines)
    return b""


def _resized(lines: list[str], length: int) -> bytes:
    kept = [line for line in lines[1:] if line and not line.lower().startswith(("content-length:", "content-type:"))]
    written = [lines[0], *kept, "Content-Type: application/json", f"Content-Length: {length}", "", ""]
    return "\r\n".join(written).encode("latin-1")


def _pump(server: socket.socket, client: socket.socket) -> None:
    """Pass on what is answered, and how the connection ends."""
    try:
        while data := server.recv(_CHUNK):
            client.sendall(data)
    except ConnectionResetError:
        with contextlib.suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            client.shutdown(socket.SHUT_RD)
    except OSError:
        pass
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
