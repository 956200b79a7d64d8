"""TLS on a channel, also inside the TLS of a proxy, with every wait bounded like those of the channel below."""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any, cast

from .channel import PIECE, Channel
from .faults import HandshakeError, HandshakeTimeout
from .readiness import READ, WRITE


class SealedChannel(Channel):
    """A channel under TLS."""

    __slots__ = ()

    def has_more(self) -> bool:
        return self._tls.pending() > 0

    def is_quiet(self) -> bool:
        """Whether nothing has come; what TLS says for itself, such as session tickets, does not count."""
        if not self.has_more() and super().is_quiet():
            return True
        try:
            return self.receive() is None
        except OSError:
            return False

    def send(self, data: bytes | memoryview) -> int:
        self._wanted = WRITE
        try:
            return self._tls.send(data)
        except ssl.SSLWantWriteError:
            return 0
        except ssl.SSLWantReadError:
            self._wanted = READ
            return 0

    def receive(self) -> bytes | None:
        try:
            return self._tls.recv(PIECE)
        except ssl.SSLWantReadError:
            self._wanted = READ
        except ssl.SSLWantWriteError:
            self._wanted = WRITE
        except ssl.SSLEOFError:
            self.was_torn = True
            return b""
        return None

    def has_unsent(self) -> bool:
        return isinstance(self._sock, _Inner) and self._sock.has_unsent()

    def shake_hands(self, limit: float) -> None:
        """Agree on TLS, until the monotonic time `limit`."""
        while True:
            try:
                self._tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                wanted = READ
            except ssl.SSLWantWriteError:
                wanted = WRITE
            while not self._ready.wait(wanted, limit - time.monotonic()):
                if time.monotonic() >= limit:
                    raise HandshakeTimeout("TLS was not agreed upon in time")

    @property
    def _tls(self) -> ssl.SSLSocket:
        return cast(ssl.SSLSocket, self._sock)


def sealed(channel: Channel, context: ssl.SSLContext, host: str, limit: float) -> SealedChannel:
    """Return the channel under TLS, agreed upon with `host` until the monotonic time `limit`.

    The channel is closed if that fails.

    Raises:
        HandshakeTimeout: If it takes longer.
        HandshakeError: If there is no agreement, say because the certificate is another host's.
    """
    upper = channel
    try:
        if isinstance(channel, SealedChannel):
            upper = SealedChannel(cast(socket.socket, _Inner(channel, context, host)), channel.ready)
        else:
            wrapped = context.wrap_socket(
                channel.sock, server_hostname=host, do_handshake_on_connect=False, suppress_ragged_eofs=False
            )
            upper = SealedChannel(wrapped, channel.ready)
        upper.shake_hands(limit)
    except BaseException as error:
        upper.close()
        if isinstance(error, OSError | ValueError):
            raise HandshakeError(str(error)) from error
        raise
    return upper


class _Inner:
    """TLS inside TLS: what `ssl.SSLSocket` cannot be put on top of (the shape of a socket, as far as it is used)."""

    def __init__(self, below: SealedChannel, context: ssl.SSLContext, host: str) -> None:
        self._below = below
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._unsent = b""

    def do_handshake(self) -> None:
        self._until_done(self._tls.do_handshake)

    def recv(self, size: int) -> bytes:
        try:
            return cast(bytes, self._until_done(lambda: self._tls.read(size)))
        except ssl.SSLZeroReturnError:
            return b""

    def send(self, data: bytes | memoryview) -> int:
        self._flush()
        if self._unsent:
            raise ssl.SSLWantWriteError
        sent = 0
        if data:
            sent = cast(int, self._until_done(lambda: self._tls.write(data[:PIECE])))
        return sent

    def pending(self) -> int:
        """How much may be read that the socket below does not show: decrypted, not yet, or not even by the proxy's."""
        return self._tls.pending() or self._incoming.pending or self._below.has_more()

    def has_unsent(self) -> bool:
        return bool(self._unsent)

    def close(self) -> None:
        self._below.close()

    def _until_done(self, operation: Any) -> Any:
        while True:
            try:
                result = operation()
            except ssl.SSLWantReadError:
                self._flush()
                data = self._below.receive()
                if data is None:
                    raise
                if data:
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            else:
                self._flush()
                return result

    def _flush(self) -> None:
        self._unsent += self._outgoing.read()
        while self._unsent:
            sent = self._below.send(self._unsent)
            if not sent:
                return
            self._unsent = self._unsent[sent:]
