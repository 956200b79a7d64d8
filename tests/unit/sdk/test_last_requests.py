"""A request that tells the server to close its connection is the last one on it."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from molam_sdk.transports import AsyncHTTPTransport, HTTPTransport
from tests.faults.actions import Answer
from tests.faults.server import FaultServer


@pytest.mark.parametrize(
    ("said", "connections"),
    [("close", 3), ("Close", 3), ("keep-alive, CLOSE", 3), ("keep-alive", 1), ("te, closed", 1), (None, 1)],
)
def test_a_connection_is_not_used_after_its_last_request(kind: str, said: str | None, connections: int) -> None:
    headers = {} if said is None else {"Connection": said}

    def now(url: str) -> list[int]:
        with httpx.Client(transport=HTTPTransport(), headers=headers) as client:
            return [client.get(url).status_code for _ in range(3)]

    async def later(url: str) -> list[int]:
        async with httpx.AsyncClient(transport=AsyncHTTPTransport(), headers=headers) as client:
            return [(await client.get(url)).status_code for _ in range(3)]

    with FaultServer(otherwise=Answer(200, b"{}", echo=False)) as server:
        assert (now(server.url) if kind == "sync" else asyncio.run(later(server.url))) == [200] * 3
        assert server.accepted == connections
        server.wait_for_open_connections(0)
