"""httpx alone: a bare `Client.post` of the bytes that the SDK sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from benchmarks.answers import API_KEY, CREATE_BODY
from benchmarks.in_flight import tasks, tls
from benchmarks.memory import CannedTransport

HEADERS = {
    "Authorization": f"Bearer {API_KEY}",
    "Content-Type": "application/json",
    "Idempotency-Key": "molam-1763712000000-k3q5tzwcrde7ujm2xv4n6pabcd",
}


def _post(client: httpx.Client, base: str) -> Callable[[], object]:
    url = f"{base}/v1/connect/payment_intents"

    def run() -> object:
        return client.post(url, content=CREATE_BODY, headers=HEADERS)

    return run


def _in_memory(url: str) -> Callable[[], object]:
    return _post(httpx.Client(transport=CannedTransport()), "http://127.0.0.1:8080")


def _loopback(url: str) -> Callable[[], object]:
    return _post(httpx.Client(), url)


def _over_tls(url: str) -> Callable[[], object]:
    return _post(httpx.Client(verify=tls()), url)


def _async_post(base: str, connections: int) -> Callable[[], Awaitable[object]]:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    client = httpx.AsyncClient(limits=limits, verify=tls() if base.startswith("https:") else True, timeout=60)
    url = f"{base}/v1/connect/payment_intents"
    return lambda: client.post(url, content=CREATE_BODY, headers=HEADERS)


TASKS: dict[str, Callable[[str], Callable[[], object]]] = {
    "create in memory": _in_memory,
    "create over loopback": _loopback,
    "create over TLS": _over_tls,
    **tasks(_async_post),
}
