"""The faults of the path between a client and a real server: one small class per place at which it may break."""

from __future__ import annotations

import contextlib
import gzip
import re
import ssl
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from tests.faults.link import Link, length_of

Part = Literal["status", "headers", "body", "last", "end"]


class Cut(Protocol):
    """What happens to one exchange of a request and its answer, from the request's first byte on."""

    def play(self, link: Link) -> None: ...


@runtime_checkable
class EarlyCut(Protocol):
    """What happens to one connection as soon as it is accepted."""

    def meet(self, link: Link, tls: ssl.SSLContext | None) -> None: ...


@dataclass(frozen=True)
class End:
    """Accepted, then ended: at the client's first byte, or before it, maybe even before the client knows."""

    reset: bool = True
    at_once: bool = False

    def meet(self, link: Link, tls: ssl.SSLContext | None) -> None:
        if not self.at_once:
            link.wait_for_byte()
        link.end(reset=self.reset)


@dataclass(frozen=True)
class Mute:
    """Accepted, then nothing: neither read nor written, so that a handshake hangs and large requests block."""

    def meet(self, link: Link, tls: ssl.SSLContext | None) -> None:
        link.hold()


@dataclass(frozen=True)
class PlainText:
    """Bytes that are no TLS in place of a handshake."""

    data: bytes = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"

    def meet(self, link: Link, tls: ssl.SSLContext | None) -> None:
        link.wait_for_byte()
        link.send(self.data)
        link.finish()


@dataclass(frozen=True)
class Handshake:
    """The first flight of the server's handshake, cut after `keep` bytes, or byte by byte and never whole."""

    keep: int = 100
    reset: bool = False
    interval: float = 0.0

    def meet(self, link: Link, tls: ssl.SSLContext | None) -> None:
        assert tls is not None, "there is no handshake to cut"
        received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = tls.wrap_bio(received, sent, server_side=True)
        head = link.read(5)
        received.write(head + link.read(int.from_bytes(head[3:5])))
        with contextlib.suppress(ssl.SSLWantReadError):
            server.do_handshake()
        flight = sent.read()[: self.keep]
        if self.interval:
            link.drip(flight, self.interval)
            link.hold()
        link.send(flight)
        link.end(reset=self.reset)


@dataclass(frozen=True)
class Pass:
    """The request and its answer as they are, each byte by byte if there is an interval."""

    upload: float = 0.0
    download: float = 0.0
    part: Literal["headers", "body"] = "headers"

    def play(self, link: Link) -> None:
        answer = link.forward(link.read_request(), self.upload)
        if not self.download:
            link.send(answer.whole)
        elif self.part == "headers":
            link.drip(answer.whole, self.download)
        else:
            link.send(answer.head)
            link.drip(answer.body, self.download)


@dataclass(frozen=True)
class CutRequest:
    """The request is read up to the middle of a part and never forwarded."""

    part: Literal["headers", "body"] = "headers"
    reset: bool = True

    def play(self, link: Link) -> None:
        if self.part == "headers":
            link.read(40)
        else:
            link.read(length_of(link.read_head()) // 2)
        link.end(reset=self.reset)


@dataclass(frozen=True)
class Swallow:
    """The request is taken, carried out if it is forwarded, and never answered."""

    forwarded: bool = True

    def play(self, link: Link) -> None:
        request = link.read_request()
        if self.forwarded:
            link.forward(request)
        link.hold()


@dataclass(frozen=True)
class CutAnswer:
    """The request is carried out; its answer ends before it begins, or within a part of it, or right after it."""

    part: Part | None = None
    reset: bool = False

    def play(self, link: Link) -> None:
        answer = link.forward(link.read_request())
        size = {
            None: 0,
            "status": 11,
            "headers": len(answer.head) // 2,
            "body": len(answer.head) + len(answer.body) // 2,
            "last": len(answer.whole) - 1,
            "end": len(answer.whole),
        }[self.part]
        link.send(answer.whole[:size])
        link.end(reset=self.reset)


@dataclass(frozen=True)
class Twice:
    """The answer twice; the second one belongs to nobody."""

    def play(self, link: Link) -> None:
        link.send(link.forward(link.read_request()).whole * 2)


@dataclass(frozen=True)
class CrossWired:
    """The request is carried out, and the answer is somebody else's: `other`, byte for byte."""

    other: bytes

    def play(self, link: Link) -> None:
        link.forward(link.read_request())
        link.send(self.other)


@dataclass(frozen=True)
class WrongLength:
    """The answer announces `by` bytes more than it has, or fewer, and ends or leaves the client waiting."""

    by: int
    then: Literal["fin", "rst", "open"] = "open"

    def play(self, link: Link) -> None:
        answer = link.forward(link.read_request())
        link.send(answer.with_header(b"Content-Length", b"%d" % (len(answer.body) + self.by)).whole)
        if self.then != "open":
            link.end(reset=self.then == "rst")


@dataclass(frozen=True)
class Chunked:
    """The answer in chunks of one byte, and what is wrong with them; with an interval each takes its time."""

    fault: Literal["none", "size", "cut", "no end"] = "none"
    interval: float = 0.0

    def play(self, link: Link) -> None:
        answer = link.forward(link.read_request())
        unsized = answer.with_header(b"Content-Length", None).with_header(b"Transfer-Encoding", b"chunked")
        chunks = [b"1\r\n%c\r\n" % byte for byte in answer.body]
        if self.fault == "size":
            chunks[-1] = b"g" + chunks[-1]
        elif self.fault == "cut":
            chunks[-1] = b"ff\r\n" + chunks[-1][-3:-2]
        elif self.fault == "none":
            chunks.append(b"0\r\n\r\n")
        link.send(unsized.head)
        if not self.interval:
            link.send(b"".join(chunks))
        else:
            link.drip(b"".join(chunks), self.interval)
        if self.fault != "none":
            link.finish()


@dataclass(frozen=True)
class Packed:
    """The answer in gzip: with `size` a bomb that unpacks to as many bytes, or `broken` in its middle."""

    size: int = 0
    broken: bool = False

    def play(self, link: Link) -> None:
        answer = link.forward(link.read_request())
        body = gzip.compress(answer.body + b" " * self.size, 9, mtime=0)
        if self.broken:
            body = body[: len(body) // 2] + b"\0" * (len(body) - len(body) // 2)
        packed = answer.with_header(b"Content-Length", b"%d" % len(body)).with_header(b"Content-Encoding", b"gzip")
        link.send(packed.head + body)


@dataclass(frozen=True)
class Endless:
    """The request is carried out; headers, or interim answers (1xx), come until the client has enough."""

    what: Literal["headers", "interim"]

    def play(self, link: Link) -> None:
        answer = link.forward(link.read_request())
        if self.what == "headers":
            link.send(answer.head.removesuffix(b"\r\n"))
        piece = b"X-Padding: 0123456789\r\n" if self.what == "headers" else b"HTTP/1.1 103 Early Hints\r\n\r\n"
        while True:
            link.send(piece * 100)
            link.pause(0.0005)


@dataclass(frozen=True)
class DelayedFin:
    """The answer says that the connection closes, and it does not."""

    def play(self, link: Link) -> None:
        link.send(link.forward(link.read_request()).with_header(b"Connection", b"close").whole)
        link.hold()


@dataclass(frozen=True)
class Instead:
    """Other bytes in place of the answer to a request that is carried out if it is forwarded."""

    data: bytes
    forwarded: bool = True
    ends: bool = True
    echo: bool = False

    def play(self, link: Link) -> None:
        request = link.read_request()
        if self.forwarded:
            link.forward(request)
        found = re.search(rb"(?i)\r\nMolam-Attempt-Id: *([^\r]+)", request)
        link.send(self.data.replace(b"{attempt}", found[1]) if self.echo and found else self.data)
        if self.ends:
            link.finish()
