"""Events, and their delivery to webhook endpoints: signed anew for every attempt, repeated until it is taken."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..simulation import Simulation
from .errors import invalid
from .form import texts
from .knobs import Knobs
from .signatures import header
from .world import Document, World, shown

DELIVERY = "stripe.delivery"
_ENDPOINT = "webhook_endpoint"


class Webhooks:
    """The events of an account and the endpoints that are told of them."""

    def __init__(self, simulation: Simulation, knobs: Knobs, api_version: str, *, livemode: bool, seed: int) -> None:
        self._simulation = simulation
        self._knobs = knobs
        self._api_version = api_version
        self._livemode = livemode
        self._random = random.Random(seed)  # noqa: S311 - it only decides the order of deliveries

    def register(self, world: World, url: str, secret: str, events: Sequence[str] = ("*",)) -> Document:
        """Add an endpoint, or give the one with this address another secret and other events."""
        known = next((each for each in self._endpoints() if each["url"] == url), None)
        endpoint: Document = {
            "id": known["id"] if known else world.new_id("we"),
            "object": _ENDPOINT,
            "enabled_events": list(events),
            "livemode": self._livemode,
            "status": "enabled",
            "url": url,
            "_secrets": [{"secret": secret, "until": None}],
        }
        world.save(endpoint)
        return endpoint

    def roll(self, world: World, url: str, secret: str, overlap: float) -> None:
        """Sign with another secret, and with the old ones too for `overlap` seconds."""
        until = self._simulation.now() + overlap
        for endpoint in self._endpoints():
            if endpoint["url"] == url:
                old = [{**each, "until": each["until"] or until} for each in endpoint["_secrets"]]
                world.save({**endpoint, "_secrets": [{"secret": secret, "until": None}, *old]})

    def emit(self, type: str, subject: Mapping[str, Any], key: str | None) -> None:
        """Write an event down and plan its deliveries; belongs into the transaction that causes it."""
        book = self._simulation.book
        endpoints = [each for each in self._endpoints() if _wants(each, type)]
        event: Document = {
            "id": f"evt_{book.number('evt'):010d}{self._random.randrange(16**10):010x}",
            "object": "event",
            "api_version": self._api_version,
            "created": int(self._simulation.now()),
            "data": {"object": shown(subject)},
            "livemode": self._livemode,
            "pending_webhooks": len(endpoints),
            "request": {"id": None, "idempotency_key": key},
            "type": type,
        }
        book.put("event", event["id"], event)
        for endpoint in endpoints:
            for _ in range(self._knobs.webhook_copies):
                delay = self._random.uniform(0, self._knobs.webhook_spread)
                self._simulation.plan(delay, DELIVERY, {"event": event["id"], "endpoint": endpoint["id"], "attempt": 0})

    async def deliver(self, document: Mapping[str, Any]) -> None:
        """One attempt; a failed one plans the next."""
        book = self._simulation.book
        event, endpoint = book.find("event", document["event"]), book.find(_ENDPOINT, document["endpoint"])
        if event is None or endpoint is None:
            return
        body = json.dumps(event)
        now = self._simulation.now()
        secrets = [each["secret"] for each in endpoint["_secrets"] if each["until"] is None or now < each["until"]]
        headers = {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": header(body, secrets, int(now)),
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        answer = await self._simulation.post(endpoint["url"], body, headers)
        attempt: int = document["attempt"]
        if (answer is None or not 200 <= answer[0] < 300) and attempt < len(self._knobs.webhook_retries):
            self._simulation.plan(self._knobs.webhook_retries[attempt], DELIVERY, {**document, "attempt": attempt + 1})

    def created(self, world: World, given: Mapping[str, Any]) -> Document:
        """`POST /v1/webhook_endpoints`: the answer is the only one with the secret in it."""
        url, events = given.get("url"), texts(given.get("enabled_events", []))
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise invalid("Not a valid URL", "url_invalid", "url")
        if not events:
            raise invalid("Missing required param: enabled_events.", "parameter_missing", "enabled_events")
        secret = f"whsec_{world.new_id('simulated').removeprefix('simulated_')}"
        return {**shown(self.register(world, url, secret, events)), "secret": secret}

    def _endpoints(self) -> list[Document]:
        return self._simulation.book.all(_ENDPOINT)


def _wants(endpoint: Mapping[str, Any], type: str) -> bool:
    events = cast(list[str], endpoint["enabled_events"])
    return "*" in events or type in events
