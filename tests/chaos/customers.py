"""Clients that repeat a call with its key until it is answered, whatever happens to the gateways."""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.children import API_KEY
from tests.chaos.errands import Errand, Step

_AGAIN = frozenset({"idempotency_in_flight", "payment_in_flight", "overloaded", "rate_limited"})
_OBJECTS = {
    "intent": "/v1/connect/payment_intents/",
    "refund": "/v1/connect/refunds/",
    "payout": "/v1/treasury/payouts/",
    "event": "/v1/events/",
}
_PREFIXES = {"intent": "pi_", "refund": "ref_", "payout": "po_", "event": "evt_"}
"""A refusal may name another object, such as the charge that nothing more can be given back of."""

_UNSETTLED = frozenset({"processing", "pending", "unknown"})


@dataclass
class Told:
    """What the gateways have said of one call: every object that was named in an answer, and the final status."""

    step: Step
    path: str
    sent: Mapping[str, Any]
    ids: set[str] = field(default_factory=set[str])
    status: int | None = None
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tries: int = 0

    @property
    def id(self) -> str | None:
        """The object that the call made."""
        return next(iter(self.ids), None)


class Customers:
    """Run errands with threads; `gateways` are the addresses, any of which may be dead."""

    def __init__(self, gateways: Sequence[str], seed: int, answered: Callable[[], None]) -> None:
        self.told: dict[str, Told] = {}
        self.chance = random.Random(seed)
        self.over = threading.Event()
        self._gateways = gateways
        self._answered = answered

    def run(self, errand: Errand, tries: int) -> None:
        """Make an errand's calls in turn, as far as it goes."""
        made: dict[str, str] = {}
        with httpx.Client(headers={"Authorization": f"Bearer {API_KEY}"}, timeout=8.0) as client:
            for step in errand.steps:
                sent = {name: _filled_in(each, made) for name, each in step.body.items()}
                told = self.told.setdefault(step.key, Told(step, step.path.format(**made), sent))
                if not self.call(client, told, tries) or told.id is None or not self._goes_on(client, told):
                    return
                made[step.object] = told.id

    def call(self, client: httpx.Client, told: Told, tries: int) -> bool:
        """Repeat a call until it has a final answer; whether it has one."""
        for number in range(tries):
            if number:
                self.over.wait(min(0.4, 0.05 * 2**number) * (0.5 + self.chance.random()))
            told.tries += 1
            try:
                answer = client.post(
                    f"{self.chance.choice(self._gateways)}{told.path}",
                    json=told.sent,
                    headers={"Idempotency-Key": told.step.key},
                )
                body = answer.json()
            except (httpx.TransportError, ValueError):
                continue
            if answer.status_code >= 500 or answer.status_code == 429 or body.get("code") in _AGAIN:
                continue
            told.status, told.body = answer.status_code, body
            named: Mapping[str, Any] = body if answer.is_success else body.get("resource") or {}
            if str(named.get("id", "")).startswith(_PREFIXES[told.step.object]):
                told.ids.add(named["id"])
            self._answered()
            return True
        return False

    def repeat(self, tries: int) -> Sequence[str]:
        """Make every call again; the keys of those that got no final answer."""
        with httpx.Client(headers={"Authorization": f"Bearer {API_KEY}"}, timeout=30.0) as client:
            return [told.step.key for told in list(self.told.values()) if not self.call(client, told, tries)]

    def look(self, client: httpx.Client, told: Told) -> Mapping[str, Any]:
        """The object that a call made, as it is now. Raises httpx.HTTPError."""
        url = f"{self._gateways[0]}{_OBJECTS[told.step.object]}{told.id}"
        answer = client.get(url).raise_for_status()
        found: Mapping[str, Any] = answer.json()
        return found

    def get(self, path: str) -> Mapping[str, Any]:
        """A document that is no object's. Raises httpx.HTTPError."""
        answer = httpx.get(f"{self._gateways[0]}{path}", headers={"Authorization": f"Bearer {API_KEY}"}, timeout=30)
        document: Mapping[str, Any] = answer.raise_for_status().json()
        return document

    def _goes_on(self, client: httpx.Client, told: Told) -> bool:
        """Whether the object is where the next call needs it, soon enough."""
        if told.status is None or told.status >= 300:
            return False
        status, give_up_at = told.body.get("status"), time.monotonic() + told.step.within
        while status in _UNSETTLED - told.step.goes_on and time.monotonic() < give_up_at:
            self.over.wait(0.15)
            with contextlib.suppress(httpx.HTTPError, ValueError):
                status = self.look(client, told)["status"]
        return status in told.step.goes_on


def _filled_in(member: object, made: Mapping[str, str]) -> object:
    return member.format(**made) if isinstance(member, str) else member
