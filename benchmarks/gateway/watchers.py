"""Opens WebSockets and keeps them, silent: `python -m benchmarks.gateway.watchers URL KEY COUNT` prints how many."""

from __future__ import annotations

import asyncio
import sys

from benchmarks.gateway.connection import Connection

_AT_ONCE = 100


async def main(url: str, api_key: str, count: int) -> None:
    kept: list[Connection] = []
    turn = asyncio.Semaphore(_AT_ONCE)

    async def watch() -> bool:
        connection = Connection(url, api_key)
        async with turn:
            try:
                status = await connection.websocket("/ws/events")
            except (OSError, asyncio.IncompleteReadError):
                return False
        kept.append(connection)
        return status == 101

    opened = await asyncio.gather(*(watch() for _ in range(count)))
    print(sum(opened), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
