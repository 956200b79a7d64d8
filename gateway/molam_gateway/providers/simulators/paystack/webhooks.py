"""Paystack's webhooks: signed with the secret key, repeated until they are taken, sometimes twice or out of order."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..simulation import Simulation

SIGNATURE = "x-paystack-signature"

_WEBHOOK = "paystack.webhook"
_RETRIES = (180.0,) * 4 + (3600.0,) * 72


@dataclass(slots=True)
class Delivery:
    """How webhooks are delivered: `copies` of each, `last_first` out of order, the next `lost` not at all."""

    copies: int = 1
    last_first: bool = False
    lost: int = 0


class Webhooks:
    """Sends events to one URL, none without a URL."""

    def __init__(self, frame: Simulation, secret_key: str, url: str | None) -> None:
        self.delivery = Delivery()
        self._frame = frame
        self._secret_key = secret_key
        self._url = url
        frame.on(_WEBHOOK, self._send)

    def tell(self, event: str, data: Mapping[str, Any]) -> None:
        """Plan an event; belongs into the book's transaction that causes it."""
        if self._url is None:
            return
        if self.delivery.lost:
            self.delivery.lost -= 1
            return
        body = json.dumps({"event": event, "data": data}, separators=(",", ":"))
        number = self._frame.book.number("webhook")
        delay = 1.0 / number if self.delivery.last_first else 0.0
        for _ in range(self.delivery.copies):
            self._frame.plan(delay, _WEBHOOK, {"body": body, "tries": 0})

    async def _send(self, document: Mapping[str, Any]) -> None:
        body, tries = str(document["body"]), int(document["tries"])
        headers = {"content-type": "application/json", SIGNATURE: sign(body.encode(), self._secret_key)}
        answer = await self._frame.post(str(self._url), body, headers)
        taken = answer is not None and 200 <= answer[0] < 300
        if not taken and tries < len(_RETRIES):
            with self._frame.book.transaction():
                self._frame.plan(_RETRIES[tries], _WEBHOOK, {"body": body, "tries": tries + 1})


def sign(body: bytes, secret_key: str) -> str:
    """The signature of a body."""
    return hmac.digest(secret_key.encode(), body, "sha512").hex()
