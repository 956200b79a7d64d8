"""molam_sdk: the public client as a merchant uses it, keys minted and answers checked."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Awaitable, Callable

from benchmarks.answers import API_KEY, EVENT, EVENT_SECRET
from benchmarks.in_flight import authority, tasks
from benchmarks.memory import CannedTransport
from molam_sdk import MolamAsyncClient, MolamClient, webhooks


def _create(client: MolamClient) -> Callable[[], object]:
    def run() -> object:
        return client.payment_intents.create(amount=2500, currency="USD", metadata={"order_id": "12345"})

    return run


def _in_memory(url: str) -> MolamClient:
    return MolamClient(api_key=API_KEY, api_base="http://127.0.0.1:8080", transport=CannedTransport())


def _async_create(url: str, connections: int) -> Callable[[], Awaitable[object]]:
    bundle = authority() if url.startswith("https:") else None
    client = MolamAsyncClient(api_key=API_KEY, api_base=url, max_connections=connections, ca_bundle=bundle)
    return lambda: client.payment_intents.create(amount=2500, currency="USD", metadata={"order_id": "12345"})


def _page(url: str) -> Callable[[], object]:
    client = _in_memory(url)
    return lambda: client.payment_intents.list(limit=100).page()


def _header() -> str:
    now = int(time.time())
    digest = hmac.digest(EVENT_SECRET.encode(), b"%d." % now + EVENT, "sha256").hex()
    return f"t={now},v1={digest},kid=k1"


def _verify(url: str) -> Callable[[], object]:
    header = _header()

    def run() -> object:
        webhooks.verify_signature(header, EVENT, EVENT_SECRET)
        return json.loads(EVENT)

    return run


def _construct(url: str) -> Callable[[], object]:
    header = _header()
    return lambda: webhooks.construct_event(header, EVENT, EVENT_SECRET)


TASKS: dict[str, Callable[[str], Callable[[], object]]] = {
    "create in memory": lambda url: _create(_in_memory(url)),
    "create over loopback": lambda url: _create(MolamClient(api_key=API_KEY, api_base=url)),
    "create over TLS": lambda url: _create(MolamClient(api_key=API_KEY, api_base=url, ca_bundle=authority())),
    **tasks(_async_create),
    "page": _page,
    "verify": _verify,
    "construct": _construct,
}
