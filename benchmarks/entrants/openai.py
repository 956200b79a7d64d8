"""openai: chat completions as its create call and its page, its own webhook verification."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import openai

from benchmarks.answers import API_KEY, EVENT, EVENT_SECRET, answer
from benchmarks.in_flight import tasks, tls

MESSAGES: Any = [{"role": "user", "content": "order 12345"}]


class _InMemory(httpx2.BaseTransport):
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        body = answer(request.method, request.url.path)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        return httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(body))


def _client(url: str, *, in_memory: bool) -> openai.OpenAI:
    http = httpx2.Client(transport=_InMemory()) if in_memory else None
    return openai.OpenAI(api_key=API_KEY, base_url=url, http_client=http)


def _create(url: str, *, in_memory: bool) -> Callable[[], object]:
    completions = _client(url, in_memory=in_memory).chat.completions
    return lambda: completions.create(model="gpt-5", messages=MESSAGES)


def _create_over_tls(url: str) -> Callable[[], object]:
    client = openai.OpenAI(api_key=API_KEY, base_url=url, http_client=httpx2.Client(verify=tls()))
    return lambda: client.chat.completions.create(model="gpt-5", messages=MESSAGES)


def _async_create(url: str, connections: int) -> Callable[[], Awaitable[object]]:
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    http = httpx2.AsyncClient(limits=limits, verify=tls() if url.startswith("https:") else True, timeout=60)
    client = openai.AsyncOpenAI(api_key=API_KEY, base_url=url, http_client=http)
    return lambda: client.chat.completions.create(model="gpt-5", messages=MESSAGES)


def _page(url: str) -> Callable[[], object]:
    completions = _client(url, in_memory=True).chat.completions
    return lambda: completions.list(limit=100)


def _headers() -> dict[str, str]:
    now = int(time.time())
    key = base64.b64decode(EVENT_SECRET.removeprefix("whsec_"))
    digest = hmac.digest(key, b"evt_1.%d." % now + EVENT, "sha256")
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(now),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def _verify(url: str) -> Callable[[], object]:
    webhooks = _client(url, in_memory=True).webhooks
    headers = _headers()

    def run() -> object:
        webhooks.verify_signature(EVENT, headers, secret=EVENT_SECRET, tolerance=10**6)
        return json.loads(EVENT)

    return run


TASKS: dict[str, Callable[[str], Callable[[], object]]] = {
    "create in memory": lambda url: _create(url, in_memory=True),
    "create over loopback": lambda url: _create(url, in_memory=False),
    "create over TLS": _create_over_tls,
    **tasks(_async_create),
    "page": _page,
    "verify": _verify,
}
