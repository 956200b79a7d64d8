"""Connections on event loops share the buffer that they read to: one for each thread, and nothing stays in it."""

from __future__ import annotations

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from molam_sdk._network.async_connection import PIECE, AsyncConnection
from molam_sdk._network.http11 import Conversation, head_of

REQUEST = head_of("GET", b"/", [(b"Host", b"h")])
LIMIT = 10 * PIECE


def answer(letter: bytes, size: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + letter * size


async def opened() -> tuple[AsyncConnection, socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    loop = asyncio.get_running_loop()
    connection = AsyncConnection(loop)
    await loop.create_connection(lambda: connection, sock=ours)
    return connection, theirs


async def asked(connection: AsyncConnection) -> Conversation:
    timeouts = {"write": 10.0, "read": 10.0}
    return await connection.exchange("GET", REQUEST, timeouts, time.monotonic() + 10, LIMIT)


def test_answers_that_come_by_turns_are_told_apart() -> None:
    async def play() -> list[bytes]:
        loop = asyncio.get_running_loop()
        lines = [await opened() for _ in b"abc"]
        calls = [loop.create_task(asked(connection)) for connection, _ in lines]
        parts = [
            (answer(letter, 3 * PIECE), theirs) for letter, (_, theirs) in zip((b"a", b"b", b"c"), lines, strict=True)
        ]
        step = PIECE // 3
        for at in range(0, 4 * PIECE, step):
            for whole, theirs in parts:
                await loop.sock_sendall(theirs, whole[at : at + step])
        bodies = [(await call).body for call in calls]
        for connection, theirs in lines:
            connection.abort()
            theirs.close()
        return bodies

    assert asyncio.run(play()) == [letter * 3 * PIECE for letter in (b"a", b"b", b"c")]


def test_each_thread_reads_to_a_buffer_of_its_own() -> None:
    both = Barrier(2)

    def play(letter: bytes) -> tuple[bytes, int]:
        async def one() -> tuple[bytes, int]:
            connection, theirs = await opened()
            memory = connection.get_buffer(-1)
            memory[:1] = letter
            both.wait(10)
            kept = bytes(memory[:1])
            call = asyncio.get_running_loop().create_task(asked(connection))
            await asyncio.get_running_loop().sock_sendall(theirs, answer(letter, 5))
            body = (await call).body
            connection.abort()
            theirs.close()
            return kept, len(body) if body == letter * 5 else -1

        return asyncio.run(one())

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(play, (b"a", b"b"))) == [(b"a", 5), (b"b", 5)]
