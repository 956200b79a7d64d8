"""The objects that exist in the gateway, for requests that need one."""

import itertools
import json
import urllib.request
from collections import deque
from collections.abc import Mapping
from typing import Any, cast

_TRIGGER = "/v1/sandbox/trigger"
_INTENTS = "/v1/connect/payment_intents"
_ENDPOINTS_PATH = "/v1/webhook_endpoints"
_READY: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "confirm_payment_intent": (_INTENTS, {"amount": 2500, "currency": "USD", "payment_method": "pm_cpay_ok"}),
    "capture_payment_intent": (_TRIGGER, {"type": "payment_intent.amount_capturable_updated"}),
    "cancel_payment_intent": (_INTENTS, {"amount": 2500, "currency": "USD"}),
    "create_refund": (_TRIGGER, {"type": "payment_intent.succeeded"}),
    "refund_payment": (_TRIGGER, {"type": "payment_intent.succeeded"}),
    "cancel_payout": (_TRIGGER, {"type": "payout.created"}),
    "submit_merchant_onboarding": (
        "/v1/connect/merchant_onboardings",
        {"business_name": "Ready", "business_type": "company", "country": "SN", "email": "ready@example.com"},
    ),
}
_CLOSED_ENDPOINT = {"url": "http://127.0.0.1:9/hook", "enabled_events": ["ping"], "retry_schedule": [1]}
_STEPS = 5
_LISTS = (
    _INTENTS,
    "/v1/connect/charges",
    "/v1/connect/refunds",
    "/v1/treasury/payouts",
    _ENDPOINTS_PATH,
    "/v1/webhook_deliveries",
    "/v1/events",
    "/v1/audit_logs",
)
_KEPT = 50
_ENDPOINTS = 10
"""How many webhook endpoints there may be, since each gets every event, again and again."""


class World:
    """Ids by their prefix, given out in turn; at first those of a few objects made for the purpose."""

    def __init__(self, url: str, api_key: str) -> None:
        self._url = url
        self._api_key = api_key
        self._keys = itertools.count(1)
        self._ids: dict[str, deque[str]] = {}
        self._plant()
        self.account = str(self._send("/v1/account")["id"])

    def learn(self, id: str) -> None:
        """Remember an object; the oldest of its kind is forgotten when there are many."""
        known = self._ids.setdefault(_prefix(id), deque(maxlen=_KEPT))
        if id in known:
            return
        known.append(id)
        if _prefix(id) == "we" and len(known) > _ENDPOINTS:
            self._send(f"{_ENDPOINTS_PATH}/{known.popleft()}", {"status": "disabled"}, method="PATCH")

    def forget(self, id: str) -> None:
        """An object that was deleted is given out no more."""
        known = self._ids.get(_prefix(id), deque())
        if id in known:
            known.remove(id)

    def knows(self, id: str) -> bool:
        return id in self._ids.get(_prefix(id), ())

    def another(self, prefix: str) -> str | None:
        """The next object of a kind, None if there is none."""
        known = self._ids.get(prefix)
        if not known:
            return None
        known.rotate(-1)
        return known[0]

    def ready_for(self, operation_id: str) -> str | None:
        """A new object in the state that the operation needs; None if it needs no particular one."""
        if operation_id == "redrive_webhook_delivery":
            return self._dead_letter()
        return self._made(*_READY[operation_id]) if operation_id in _READY else None

    def _dead_letter(self) -> str | None:
        """A delivery that failed twice, the second time a second after the first; None if it still has to."""
        endpoint = self._made(_ENDPOINTS_PATH, _CLOSED_ENDPOINT)
        self.learn(endpoint)
        self._send(f"{_ENDPOINTS_PATH}/{endpoint}/test", {})
        for _ in range(_STEPS):
            self._send("/v1/sandbox/clock/advance", {"seconds": 2})
            dead = self._send(f"/v1/webhook_deliveries?endpoint_id={endpoint}&status=dead_letter")["data"]
            if dead:
                return str(dead[0]["id"])
        return None

    def _plant(self) -> None:
        for path, body in (*_READY.values(), (_TRIGGER, {"type": "refund.processed"})):
            self.learn(self._made(path, body))
        for _ in range(5):
            self._dead_letter()
        self._send("/api/v1/providers/stripe/config", {"enabled": True})
        for path in _LISTS:
            for each in self._send(path)["data"]:
                self.learn(each["id"])

    def _made(self, path: str, body: Mapping[str, object]) -> str:
        document = self._send(path, body)
        return str(document["data"]["object"]["id"] if path == _TRIGGER else document["id"])

    def _send(self, path: str, body: Mapping[str, object] | None = None, method: str | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._api_key}", "Content-Type": "application/json"}
        if body is not None:
            headers["Idempotency-Key"] = f"world-{next(self._keys)}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            document = json.load(answer)
        assert isinstance(document, dict)
        return cast(dict[str, Any], document)


def _prefix(id: str) -> str:
    return id.partition("_")[0]
