"""Stripe's idempotency layer: what was answered to a key is answered again, whatever it was."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..book import Book
from .errors import idempotency

LONGEST_KEY = 255
_KIND = "idempotency_key"


@dataclass(frozen=True, slots=True)
class Stored:
    """What the first request with a key was answered."""

    status: int
    body: str
    request_id: str


class Keys:
    """The keys of one account; they are pruned after `lifetime` seconds, and then execute anew."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._in_flight: set[str] = set()

    def find(self, key: str, path: str, params: Mapping[str, Any], now: float, lifetime: float) -> Stored | None:
        """The answer to be repeated. Raises StripeError if the key belongs to something else or is in use."""
        if key in self._in_flight:
            raise idempotency(
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                "submitted twice, and the other request is still going through). Please try again later.",
                409,
                "idempotency_key_in_use",
            )
        found = self._book.find(_KIND, key)
        if found is None or now - found["at"] >= lifetime:
            return None
        if found["path"] != path:
            raise idempotency(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for."
            )
        if found["fingerprint"] != _fingerprint(params):
            raise idempotency(
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
            )
        return Stored(found["status"], found["body"], found["request_id"])

    def begin(self, key: str) -> None:
        """A request with the key is being executed."""
        self._in_flight.add(key)

    def end(self, key: str) -> None:
        """It is no longer."""
        self._in_flight.discard(key)

    def store(self, key: str, path: str, params: Mapping[str, Any], now: float, answer: Stored) -> None:
        """Remember what was answered; belongs into the transaction that executes."""
        document = {
            "path": path,
            "fingerprint": _fingerprint(params),
            "status": answer.status,
            "body": answer.body,
            "request_id": answer.request_id,
            "at": now,
        }
        self._book.put(_KIND, key, document)


def _fingerprint(params: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
