"""The canned-answer server: keep-alive HTTP/1.1 on loopback in a process of its own, as cheap as asyncio allows."""

from __future__ import annotations

import asyncio
import ssl
import sys
from typing import Any

import trustme

from benchmarks.answers import answer
from benchmarks.cores import pin_server


class CannedAnswers(asyncio.Protocol):
    """Answers every complete request at once and echoes its attempt id."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        headers: dict[bytes, bytes] = {}
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            headers[name.lower()] = value
        length = int(headers.get(b"content-length", b"0"))
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        body = answer(method, target.partition("?")[0])
        echo = headers.get(b"molam-attempt-id")
        lines = [
            b"HTTP/1.1 %d OK" % (201 if method == "POST" else 200),
            b"content-type: application/json",
            b"content-length: %d" % len(body),
            b"request-id: req_0HNvYxk3Qm5TzWcRdE7uJ001",
            b"cache-control: no-store",
        ]
        if echo is not None:
            lines.append(b"molam-attempt-id:" + echo)
        if self._transport is not None:
            self._transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)


def _sealed(authority: str) -> ssl.SSLContext:
    issuer: Any = trustme.CA()  # its types name a package that need not be there
    issuer.cert_pem.write_to_path(authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


async def serve(authority: str) -> None:
    loop = asyncio.get_running_loop()
    plain = await loop.create_server(CannedAnswers, "127.0.0.1", 0, backlog=1024)
    sealed = await loop.create_server(CannedAnswers, "127.0.0.1", 0, backlog=1024, ssl=_sealed(authority))
    print(*(server.sockets[0].getsockname()[1] for server in (plain, sealed)), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    pin_server()
    asyncio.run(serve(sys.argv[1]))
