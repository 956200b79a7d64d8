"""HTTP/1.1 on one kept connection with so little work that a generator leaves the cores to the server."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit


class Connection:
    """Requests one after the other to one origin."""

    def __init__(self, url: str, api_key: str) -> None:
        place = urlsplit(url)
        self._address = (place.hostname or "127.0.0.1", place.port or 80)
        self._common = f"Host: {place.netloc}\r\nAuthorization: Bearer {api_key}\r\n"
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """Connect, unless that is done."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(*self._address)

    def close(self) -> None:
        """Leave the connection."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        return await self._exchange(f"GET {path} HTTP/1.1\r\n{self._common}\r\n".encode())

    async def post(self, path: str, body: dict[str, Any], key: str) -> tuple[int, bytes]:
        """Status and body of a mutation under an idempotency key."""
        return await self._sent("POST", path, body, f"Idempotency-Key: {key}\r\n")

    async def _sent(self, method: str, path: str, body: dict[str, Any], further: str) -> tuple[int, bytes]:
        content = json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\n{self._common}{further}Content-Type: application/json\r\n"
        return await self._exchange(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)

    async def websocket(self, path: str) -> int:
        """Ask for a WebSocket and keep it; the status, 101 if it is open."""
        await self.open()
        asked = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        head = await self._head(f"GET {path} HTTP/1.1\r\n{self._common}{asked}{key}\r\n".encode())
        return _status(head)

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        await self.open()
        try:
            head = await self._head(request)
            body = await self._body(head)
        except BaseException:
            self.close()
            raise
        if b"\nconnection: close" in head.lower():
            self.close()
        return _status(head), body

    async def _head(self, request: bytes) -> bytes:
        if self._reader is None or self._writer is None:
            raise ConnectionError("the connection is not open")
        self._writer.write(request)
        return await self._reader.readuntil(b"\r\n\r\n")

    async def _body(self, head: bytes) -> bytes:
        lowered = head.lower()
        at = lowered.find(b"content-length:")
        if at < 0 or self._reader is None:
            raise ConnectionError("an answer without a length")
        length = int(lowered[at + 15 : lowered.index(b"\r\n", at)])
        return await self._reader.readexactly(length)


def _status(head: bytes) -> int:
    return int(head.split(b" ", 2)[1])
