"""A TCP server that answers each request with scripted bytes, or cuts the connection."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

Answer: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]

_RESET = struct.pack("ii", 1, 0)


@dataclass
class Scripted:
    """Where the server is, and the heads of the requests that it read."""

    url: str
    heads: list[str] = field(default_factory=list[str])
    connections: int = 0
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self, count: int) -> None:
        """Wait until that many requests were read."""
        async with self._arrived, asyncio.timeout(30):
            await self._arrived.wait_for(lambda: len(self.heads) >= count)

    async def note(self, head: str) -> None:
        """A request was read."""
        async with self._arrived:
            self.heads.append(head)
            self._arrived.notify_all()


@contextlib.asynccontextmanager
async def scripted(*answers: Answer) -> AsyncGenerator[Scripted]:
    """The answers in turn, the last for ever."""
    left = list(answers)
    conversations: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        conversations.add(task)
        server.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    (line.split(":")[1] for line in head.lower().split("\r\n") if "content-length" in line), 0
                )
                await reader.readexactly(int(length))
                await server.note(head)
                await (left.pop(0) if len(left) > 1 else left[0])(writer)
                await writer.drain()
        writer.close()

    listener = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=2048)
    server = Scripted(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}")
    try:
        yield server
    finally:
        listener.close()
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


def says(body: bytes = b"{}", *, status: str = "200 OK", headers: str = "", length: int | None = None) -> Answer:
    """An answer; `length` is what it claims to be long."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body) if length is None else length}\r\n{headers}\r\n"
        writer.write(head.encode() + body)
        if length is not None:
            writer.close()

    return answer


async def hangs_up(writer: asyncio.StreamWriter) -> None:
    """FIN without a byte."""
    writer.close()


async def resets(writer: asyncio.StreamWriter) -> None:
    """RST without a byte."""
    peer: socket.socket = writer.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


async def is_silent(writer: asyncio.StreamWriter) -> None:
    """Nothing, for ever."""
    await asyncio.Event().wait()
