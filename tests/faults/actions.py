"""The actions of a fault script: one small class per thing that a server, proxy or network does to an answer."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tests.faults.connection import Connection, RecordedRequest


class Action(Protocol):
    """One step of a script, played when the first byte of a request has arrived."""

    def play(self, connection: Connection) -> None: ...


@dataclass(frozen=True)
class Answer:
    """A complete answer; `attempt_id` overrides the echo, `echo=False` leaves it out."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    echo: bool = True
    attempt_id: str | None = None
    keep_alive: bool = True
    content_length: int | None = None

    def play(self, connection: Connection) -> None:
        self.reply(connection, connection.read_request())

    def reply(self, connection: Connection, request: RecordedRequest) -> None:
        data = b"".join(self.render(request))
        connection.sent.append(data)
        connection.send(data)
        if not self.keep_alive:
            connection.close()

    def render(self, request: RecordedRequest) -> tuple[bytes, bytes]:
        length = len(self.body) if self.content_length is None else self.content_length
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(length),
            "Request-Id": f"req_{request.connection}",
        }
        echoed = self.attempt_id or (request.attempt_id if self.echo else None)
        if echoed is not None:
            headers["Molam-Attempt-Id"] = echoed
        if not self.keep_alive:
            headers["Connection"] = "close"
        headers.update(self.headers)
        lines = [
            f"HTTP/1.1 {self.status} Scripted",
            *(f"{k}: {v}" for k, v in headers.items() if v),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1"), self.body


def json_answer(
    document: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    echo: bool = True,
) -> Answer:
    kind = "application/json" if status < 400 else "application/problem+json"
    return Answer(status, json.dumps(document).encode(), {"Content-Type": kind, **(headers or {})}, echo=echo)


def html_page(status: int = 502) -> Answer:
    """What a proxy in front of the API says: no JSON, no request id, no echo."""
    page = b"<html><body><h1>Bad Gateway</h1></body></html>"
    return Answer(status, page, {"Content-Type": "text/html", "Request-Id": ""}, echo=False)


def redirect(location: str, status: int = 307) -> Answer:
    return Answer(status, b"", {"Location": location})


def gzip_bomb(size: int, member: str = "padding") -> Answer:
    """A small answer that unpacks to `size` bytes of valid JSON."""
    body = b'{"%s": "%s"}' % (member.encode(), b"0" * size)
    return Answer(200, gzip.compress(body, 9), {"Content-Encoding": "gzip"})


@dataclass(frozen=True)
class Respond:
    """Chooses the answer from the request, for scripts that cannot know the order of calls."""

    choose: Callable[[RecordedRequest], Answer]

    def play(self, connection: Connection) -> None:
        request = connection.read_request()
        self.choose(request).reply(connection, request)


@dataclass(frozen=True)
class ResetUnread:
    """RST while the request is still unread in the server's buffer."""

    def play(self, connection: Connection) -> None:
        connection.reset()


@dataclass(frozen=True)
class CloseUnanswered:
    """Reads the request, then closes without a byte: the answer is lost."""

    def play(self, connection: Connection) -> None:
        connection.read_request()
        connection.close()


@dataclass(frozen=True)
class ResetUnanswered:
    """Reads the request, then RST."""

    def play(self, connection: Connection) -> None:
        connection.read_request()
        connection.reset()


@dataclass(frozen=True)
class Truncate:
    """Announces the whole answer and sends `keep` of its body before it closes or resets."""

    answer: Answer
    keep: float = 0.5
    reset: bool = False

    def play(self, connection: Connection) -> None:
        head, body = self.answer.render(connection.read_request())
        connection.send(head + body[: int(len(body) * self.keep)])
        if self.reset:
            connection.reset()
        else:
            connection.close()


@dataclass(frozen=True)
class Drip:
    """Sends the named part byte by byte, `interval` seconds apart, the rest at once."""

    answer: Answer
    interval: float = 0.05
    part: Literal["headers", "body"] = "body"

    def play(self, connection: Connection) -> None:
        head, body = self.answer.render(connection.read_request())
        if self.part == "body":
            connection.send(head)
        for byte in body if self.part == "body" else head:
            connection.send(bytes([byte]))
            connection.pause(self.interval)
        if self.part == "headers":
            connection.send(body)


@dataclass(frozen=True)
class Delay:
    """Waits `seconds` after the request has arrived, then answers."""

    seconds: float
    answer: Answer

    def play(self, connection: Connection) -> None:
        request = connection.read_request()
        connection.pause(self.seconds)
        self.answer.reply(connection, request)


@dataclass(frozen=True)
class Hold:
    """Keeps the request until `release` is set, then answers."""

    release: threading.Event
    answer: Answer

    def play(self, connection: Connection) -> None:
        request = connection.read_request()
        connection.hold(self.release)
        self.answer.reply(connection, request)


@dataclass(frozen=True)
class Flood:
    """An answer of `chunks` pieces of `size` bytes without a Content-Length, which may never end."""

    chunks: int
    size: int = 65536

    def play(self, connection: Connection) -> None:
        request = connection.read_request()
        head, _ = Answer(headers={"Content-Length": "", "Transfer-Encoding": "chunked"}).render(request)
        connection.send(head)
        piece = b"%x\r\n%s\r\n" % (self.size, b" " * self.size)
        for _ in range(self.chunks):
            connection.send(piece)
        connection.send(b"0\r\n\r\n")


@dataclass(frozen=True)
class Duplicate:
    """The answer, and a second one that nobody asked for in the same packet."""

    answer: Answer
    unsolicited: Answer

    def play(self, connection: Connection) -> None:
        request = connection.read_request()
        data = b"".join(self.answer.render(request) + self.unsolicited.render(request))
        connection.sent.append(data)
        connection.send(data)


@dataclass(frozen=True)
class Stray:
    """The answer, then bytes that nobody asked for while the connection idles; sets `sent` after them."""

    answer: Answer
    unsolicited: Answer
    sent: threading.Event

    def play(self, connection: Connection) -> None:
        request = connection.read_request()
        self.answer.reply(connection, request)
        connection.pause(0.05)
        self.unsolicited.reply(connection, request)
        self.sent.set()


@dataclass(frozen=True)
class RepeatEarlier:
    """The bytes of the previous answer on this connection, as a confused middlebox repeats them."""

    def play(self, connection: Connection) -> None:
        connection.read_request()
        connection.send(connection.sent[-1])


@dataclass(frozen=True)
class Raw:
    """Reads the request, then sends these bytes as they are and closes."""

    data: bytes

    def play(self, connection: Connection) -> None:
        connection.read_request()
        connection.send(self.data)
        connection.close()
