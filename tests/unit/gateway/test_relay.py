"""Positions travel between processes through Redis, and a Redis that dies and comes back costs a second at most."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path

import pytest

from molam_gateway.realtime.relay import Relay

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        shutil.which("redis-server") is None and "CI" not in os.environ,
        reason="there is no redis-server to start and stop",
    ),
]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def redis_server(port: int, folder: Path) -> Generator[None]:
    """A Redis of the test's own, once it accepts connections."""
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(500):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
            yield
        finally:
            process.kill()


async def eventually(check: Callable[[], bool], again: Callable[[], Awaitable[None]] | None = None) -> None:
    async with asyncio.timeout(10):
        while not check():
            if again is not None:
                await again()
            await asyncio.sleep(0.02)


async def test_a_redis_that_comes_back_carries_positions_again(port: int, tmp_path: Path) -> None:
    heard: list[int | None] = []
    url = f"redis://127.0.0.1:{port}"
    one, other = Relay(url, lambda position: None), Relay(url, heard.append)
    try:
        with redis_server(port, tmp_path):
            one.start()
            other.start()
            await eventually(lambda: None in heard)
            one.tell(7)
            await eventually(lambda: 7 in heard)
        one.tell(8)
        await asyncio.sleep(0.1)
        heard.clear()
        with redis_server(port, tmp_path):
            await eventually(lambda: None in heard)
            number = iter(range(9, 1000))

            async def tell() -> None:
                one.tell(next(number))

            await eventually(lambda: any(heard), tell)
    finally:
        await one.close()
        await other.close()
