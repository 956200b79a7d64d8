"""stripe-python: `StripeClient` on its default HTTP library, requests; its async calls on aiohttp, its fastest."""

from __future__ import annotations

import hmac
import io
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

import aiohttp
import requests.adapters
import stripe

from benchmarks.answers import API_KEY, EVENT, EVENT_SECRET, answer
from benchmarks.in_flight import authority, tasks, tls

PARAMS: Any = {"amount": 2500, "currency": "USD", "metadata": {"order_id": "12345"}}


class _InMemory(requests.adapters.BaseAdapter):
    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = answer(request.method or "", (request.url or "").partition("?")[0])
        response = requests.Response()
        response.status_code = 200
        response.headers["Content-Type"] = "application/json"
        response.raw = io.BytesIO(body)
        return response

    def close(self) -> None:
        pass


def _client(url: str, *, in_memory: bool) -> stripe.StripeClient:
    http = None
    if in_memory:
        session = requests.Session()
        session.mount("http://", _InMemory())
        http = stripe.RequestsClient(session=session)
    return stripe.StripeClient(API_KEY, base_addresses={"api": url}, http_client=http)


def _create_in_memory(url: str) -> Callable[[], object]:
    intents = _client(url, in_memory=True).v1.payment_intents
    return lambda: intents.create(PARAMS)


def _create_over_loopback(url: str) -> Callable[[], object]:
    intents = _client(url, in_memory=False).v1.payment_intents
    return lambda: intents.create(PARAMS)


def _create_over_tls(url: str) -> Callable[[], object]:
    stripe.ca_bundle_path = authority()
    intents = _client(url, in_memory=False).v1.payment_intents
    return lambda: intents.create(PARAMS)


class _AsyncCreate:
    def __init__(self, url: str, connections: int) -> None:
        sealed = tls() if url.startswith("https:") else True
        self._http: Any = stripe.AIOHTTPClient(connector=aiohttp.TCPConnector(limit=connections, ssl=sealed))
        self._client = stripe.StripeClient(API_KEY, base_addresses={"api": url}, http_client=self._http)

    def __call__(self) -> Awaitable[object]:
        return self._client.v1.payment_intents.create_async(PARAMS)

    async def aclose(self) -> None:
        await self._http.close_async()


def _page(url: str) -> Callable[[], object]:
    intents = _client(url, in_memory=True).v1.payment_intents
    return lambda: intents.list({"limit": 100})


def _header() -> str:
    now = int(time.time())
    digest = hmac.digest(EVENT_SECRET.encode(), b"%d." % now + EVENT, "sha256").hex()
    return f"t={now},v1={digest}"


def _verify(url: str) -> Callable[[], object]:
    header = _header()
    signature = cast(Any, stripe.WebhookSignature)

    def run() -> object:
        signature.verify_header(EVENT, header, EVENT_SECRET, 10**6)
        return json.loads(EVENT)

    return run


def _construct(url: str) -> Callable[[], object]:
    header = _header()
    return lambda: stripe.Webhook.construct_event(EVENT, header, EVENT_SECRET, 10**6)


TASKS: dict[str, Callable[[str], Callable[[], object]]] = {
    "create in memory": _create_in_memory,
    "create over loopback": _create_over_loopback,
    "create over TLS": _create_over_tls,
    **tasks(_AsyncCreate),
    "page": _page,
    "verify": _verify,
    "construct": _construct,
}
