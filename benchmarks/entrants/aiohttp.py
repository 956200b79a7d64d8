"""aiohttp alone: a bare `ClientSession.post` of the bytes that the SDK sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp

from benchmarks.answers import API_KEY, CREATE_BODY
from benchmarks.in_flight import tasks, tls

HEADERS = {
    "Authorization": f"Bearer {API_KEY}",
    "Content-Type": "application/json",
    "Idempotency-Key": "molam-1763712000000-k3q5tzwcrde7ujm2xv4n6pabcd",
}


def _post(base: str, connections: int) -> Callable[[], Awaitable[object]]:
    url = f"{base}/v1/connect/payment_intents"
    sealed = tls() if base.startswith("https:") else True
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections, ssl=sealed))

    async def call() -> bytes:
        async with session.post(url, data=CREATE_BODY, headers=HEADERS) as response:
            return await response.read()

    return call


TASKS = tasks(_post)
