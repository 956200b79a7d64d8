"""aiohttp alone: a bare `ClientSession.post` of the bytes that the SDK sends."""

from __future__ import annotations

import aiohttp

from benchmarks.answers import API_KEY, CREATE_BODY
from benchmarks.in_flight import tasks, tls

HEADERS = {
    "Authorization": f"Bearer {API_KEY}",
    "Content-Type": "application/json",
    "Idempotency-Key": "molam-1763712000000-k3q5tzwcrde7ujm2xv4n6pabcd",
}


class Posting:
    """Posts one request after another in a session of its own."""

    def __init__(self, base: str, connections: int) -> None:
        sealed = tls() if base.startswith("https:") else True
        self._url = f"{base}/v1/connect/payment_intents"
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections, ssl=sealed))

    async def __call__(self) -> bytes:
        async with self._session.post(self._url, data=CREATE_BODY, headers=HEADERS) as response:
            return await response.read()

    async def aclose(self) -> None:
        await self._session.close()


TASKS = tasks(Posting)
