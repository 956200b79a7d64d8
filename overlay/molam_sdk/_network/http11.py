"""HTTP/1.1 on one connection without any I/O: a request to bytes, bytes to an answer.

h11 parses, unless the head is so plain that there is nothing to parse. What is added here is what a client that is paid
for being careful wants besides: an answer is read no further than a limit, its framing is unambiguous and not most of
it, and a connection that has said more than it was asked is not used again (RFC 9112, sections 6.3, 7.1.1 and 9.2).
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from io import BytesIO
from math import inf
from typing import TYPE_CHECKING

import h11

from .faults import LocalProtocolError, ReadTimeout, RemoteProtocolError, WireError
from .plain_head import plain_head

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST_HEAD = 100 * 1024
"""Bytes of status line and headers, those of informational answers included."""

MOST_FRAMING = 64 * 1024
"""Bytes between the chunks of a body that it may have whatever its size; an eighth of the body comes on top."""

_PIECE = 16 * 1024
_HEAD = re.compile(
    rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\x21-\x7e]+ HTTP/1\.1\r\n"
    rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\x00-\x08\x0a-\x1f\x7f]*\r\n)+\r\n"
).fullmatch
_END = h11.EndOfMessage()


def head_of(method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the bytes of a request up to its body.

    Raises:
        LocalProtocolError: For what HTTP does not allow in it, such as a line break.
    """
    lines = [b"%b: %b\r\n" % header for header in headers]
    head = b"%b %b HTTP/1.1\r\n%b\r\n" % (method.encode("latin-1", "replace"), target, b"".join(lines))
    if _HEAD(head) is None or head.count(b"\r\n") != len(lines) + 2:
        raise LocalProtocolError("the request holds what HTTP does not allow in a header or target")
    return head


class Conversation:
    """What is said on one connection: one request at a time, and the answer to it.

    Attributes:
        begun: Whether a byte of the request may have left.
        status: Status of the answer, 0 until its head has come.
        headers: Its headers as received.
        is_cut: Whether it was left before its end because of its size, or of that of its chunks.
        is_complete: Whether it was read to its end.
    """

    __slots__ = (
        "_body",
        "_ends_at",
        "_fed",
        "_h11",
        "_head_size",
        "_limit",
        "_method",
        "_missing",
        "_said_more",
        "begun",
        "headers",
        "is_complete",
        "is_cut",
        "status",
    )

    def __init__(self) -> None:
        self.begun = False
        self._expect("", 0, inf)

    def ask(self, method: str, limit: int, ends_at: float = inf) -> None:
        """Begin with a request whose bytes `head_of` returned; its answer's body is read to `limit` bytes.

        What arrives is not parsed beyond the monotonic time `ends_at`.

        Raises:
            LocalProtocolError: For what is no method.
            WireError: If the answer to the request before is still under way.
        """
        self.begun = False
        _request(method)
        if self._method and not self.is_reusable:
            raise WireError("the answer before has not ended")
        self._expect(method, limit, ends_at)

    def receive(self, data: bytes) -> bool:
        """Take in what has arrived, b"" for its end; return whether the answer is there.

        Raises:
            RemoteProtocolError: For what is no answer, or not the whole of one.
            ReadTimeout: If there is so much to parse that time is over meanwhile.
        """
        if len(data) <= _PIECE:
            return self._take(data)
        for at in range(0, len(data), _PIECE):
            if at and time.monotonic() >= self._ends_at:
                raise ReadTimeout("the deadline of the call has passed")
            if self._take(data[at : at + _PIECE]):
                if len(data) > at + _PIECE:
                    self._said_more = True
                return True
        return False

    @property
    def body(self) -> bytes:
        """What has come of the answer's body, `limit` bytes at most."""
        return self._body.getvalue()

    @property
    def is_reusable(self) -> bool:
        """Whether another request may be sent: the answer has ended, and nothing came after it."""
        parser = self._h11
        return self.is_complete and self.is_silent and (parser is None or parser.their_state is h11.DONE)

    @property
    def is_silent(self) -> bool:
        """Whether nothing has come after what was read."""
        parser = self._h11
        return not self._said_more and (parser is None or parser.trailing_data == (b"", False))

    @property
    def ends_with_the_connection(self) -> bool:
        """Whether only the end of the connection tells where the body ends."""
        framing = {name.lower() for name, _ in self.headers} & {b"content-length", b"transfer-encoding"}
        return self.status != 0 and not framing

    def _expect(self, method: str, limit: int, ends_at: float) -> None:
        self._method = method
        self._limit = limit
        self._ends_at = ends_at
        self._h11: h11.Connection | None = None
        self._missing: int | None = None
        self._said_more = False
        self._fed = 0
        self._head_size: int | None = None
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._body = BytesIO()
        self.is_complete = self.is_cut = False

    def _take(self, data: bytes) -> bool:
        if self._missing is not None:
            if not data:
                raise RemoteProtocolError("the connection ended in the middle of the answer")
            return self._take_body(data, self._missing)
        if self._h11 is None:
            plain = plain_head(data) if self._method not in _WITHOUT_BODY else None
            if plain is not None:
                self.status = plain.status
                self.headers = plain.headers
                self._missing = plain.length
                return self._take_body(data[plain.size :], plain.length)
            self._h11 = _told(self._method)
        return self._parse(self._h11, data)

    def _take_body(self, data: bytes, missing: int) -> bool:
        """Take in the body of an answer with a plain head, of which so many bytes have not come yet."""
        if len(data) > missing:
            self._said_more = True
            data = data[:missing]
        self._missing = missing - len(data)
        if not self._has_room(data):
            return True
        self.is_complete = not self._missing
        return self.is_complete

    def _parse(self, parser: h11.Connection, data: bytes) -> bool:
        self._fed += len(data)
        try:
            parser.receive_data(data)
            while True:
                event = parser.next_event()
                if isinstance(event, h11.Data):
                    if not self._has_room(event.data):
                        return True
                elif isinstance(event, h11.Response):
                    self._head(event, parser)
                elif isinstance(event, h11.EndOfMessage):
                    self.is_complete = True
                    return True
                elif event is h11.NEED_DATA:
                    return self._is_mostly_framing()
                elif event is h11.PAUSED:
                    return True  # a proxy has dug the tunnel that it was asked for; nothing else gets here
                elif isinstance(event, h11.InformationalResponse):
                    self._check(event, parser)
                else:
                    raise RemoteProtocolError("the connection ended without an answer")
        except (h11.RemoteProtocolError, RuntimeError):
            raise RemoteProtocolError("no answer that HTTP/1.1 allows, or not the whole of it") from None

    def _has_room(self, data: bytes) -> bool:
        """Add it to the body as far as the limit allows; return whether all of it had room."""
        room = self._limit - self._body.tell()
        if len(data) <= room:
            self._body.write(data)
            return True
        self._body.write(data[:room])
        self.is_cut = True
        return False

    def _is_mostly_framing(self) -> bool:
        """Whether the body is cut into so many chunks, or what they are called is so long, that it is left there."""
        if self._head_size is None:
            return False
        size = self._body.tell()
        self.is_cut = self._fed - self._head_size - size > MOST_FRAMING + size // 8
        return self.is_cut

    def _head(self, head: h11.Response, parser: h11.Connection) -> None:
        self._check(head, parser)
        headers = head.headers.raw_items()
        framing = [name for name, _ in head.headers if name in _FRAMING]
        if b"transfer-encoding" in framing and (b"content-length" in framing or head.http_version < b"1.1"):
            raise RemoteProtocolError("the answer says in two ways where it ends")
        if b"transfer-encoding" in framing:
            self._head_size = self._fed - len(parser.trailing_data[0])
        self.headers = headers
        self.status = head.status_code

    def _check(self, head: h11.Response | h11.InformationalResponse, parser: h11.Connection) -> None:
        if head.http_version not in _VERSIONS:
            raise RemoteProtocolError("the answer is of another HTTP than 1.0 and 1.1")
        if self._fed > LARGEST_HEAD and self._fed - len(parser.trailing_data[0]) > LARGEST_HEAD:
            raise RemoteProtocolError("the head of the answer is too large")


_VERSIONS = (b"1.1", b"1.0")
_FRAMING = (b"content-length", b"transfer-encoding")
_WITHOUT_BODY = ("HEAD", "CONNECT")


def _told(method: str) -> h11.Connection:
    """Return a parser that knows of the request what the reading of its answer depends on."""
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
    parser.send(_request(method))
    parser.send(_END)
    return parser


@lru_cache(maxsize=32)
def _request(method: str) -> h11.Request:
    try:
        return h11.Request(method=method, target="/", headers=[("Host", "")])
    except h11.LocalProtocolError:
        raise LocalProtocolError("HTTP does not know such a method") from None
