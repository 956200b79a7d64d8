"""svix: messages as its create call and its page, its own webhook verification."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
from svix.api import MessageIn, Svix, SvixOptions
from svix.api.message import Message
from svix.webhooks import Webhook

from benchmarks.answers import API_KEY, EVENT, EVENT_SECRET
from benchmarks.memory import CannedTransport


def _messages(url: str, *, in_memory: bool) -> Message:
    svix = Svix(API_KEY, SvixOptions(server_url=url))
    messages = svix.message
    if in_memory:
        in_memory_client: Any = messages  # it has no public way to bring a transport
        in_memory_client._httpx_client = httpx.Client(transport=CannedTransport())  # noqa: SLF001
    return messages


def _create(url: str, *, in_memory: bool) -> Callable[[], object]:
    messages = _messages(url, in_memory=in_memory)
    payload = {"amount": 2500, "currency": "USD", "metadata": {"order_id": "12345"}}

    def run() -> object:
        return messages.create("app_1", MessageIn(event_type="order", payload=payload))

    return run


def _page(url: str) -> Callable[[], object]:
    messages = _messages(url, in_memory=True)
    return lambda: messages.list("app_1")


def _verify(url: str) -> Callable[[], object]:
    now = int(time.time())
    key = base64.b64decode(EVENT_SECRET.removeprefix("whsec_"))
    digest = hmac.digest(key, b"evt_1.%d." % now + EVENT, "sha256")
    headers = {
        "svix-id": "evt_1",
        "svix-timestamp": str(now),
        "svix-signature": "v1," + base64.b64encode(digest).decode(),
    }
    webhook = Webhook(EVENT_SECRET)

    def run() -> object:
        webhook.verify(EVENT, headers)
        return json.loads(EVENT)

    return run


TASKS: dict[str, Callable[[str], Callable[[], object]]] = {
    "create in memory": lambda url: _create(url, in_memory=True),
    "create over loopback": lambda url: _create(url, in_memory=False),
    "page": _page,
    "verify": _verify,
}
