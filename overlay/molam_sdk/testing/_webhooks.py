"""Signed webhooks of every type, as they come and as they should not come."""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from molam_api.event_types import EVENT_OBJECTS

from .. import webhooks
from . import _catalog
from ._errors import StandInError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._targets import Received, Target

_numbers = count(1)
_STATES = {
    "payment_intent.amount_capturable_updated": "requires_capture",
    "payment_intent.created": "requires_payment_method",
    "payment_intent.failed": "requires_payment_method",
    "refund.created": "pending",
    "refund.processed": "succeeded",
}
"""What the status is after an event whose type does not say it."""


class SignedWebhook(NamedTuple):
    """A webhook as it arrives: hand `headers` and `body` to a receiver, or send it to one.

    Attributes:
        headers: As Molam sends them.
        body: The exact bytes that are, or are not, signed.
    """

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What the body says."""
        told: dict[str, Any] = json.loads(self.body)
        return told

    @property
    def signature(self) -> str:
        """The header `Molam-Signature`, empty without one."""
        return self.headers.get("Molam-Signature", "")

    def send(self, target: Target, path: str = "/") -> Received:
        """Post it and return the answer.

        Args:
            target: A URL on this machine, or a WSGI or ASGI application of this process.
            path: Where in the application.

        Raises:
            CallBlockedError: For a URL that leads away, where the guard is set.
            StandInError: For a target that is none, and one that cannot be reached.
        """
        from ._targets import deliver

        return deliver(target, path, self.headers, self.body)

    async def asend(self, target: Target, path: str = "/") -> Received:
        """Do the same on the running event loop, for receivers that live there."""
        from ._targets import adeliver

        return await adeliver(target, path, self.headers, self.body)

    def __repr__(self) -> str:
        return f"<SignedWebhook {self.headers.get('webhook-id')}>"


class WebhookMaker:
    """Makes webhooks that a secret signs, from the specification's examples.

    Args:
        secret: The endpoint's signing secret, as `construct_event` is given it.
        kid: The id of the signing key.
    """

    def __init__(self, secret: str, *, kid: str = "k1") -> None:
        self.secret = secret
        self._kid = kid

    def make(
        self,
        type: str,
        object: Mapping[str, Any] | None = None,
        *,
        id: str | None = None,
        sequence: int | None = None,
        created_at: datetime | None = None,
    ) -> SignedWebhook:
        """Return a webhook that proves authentic.

        Args:
            type: The event's type, such as `payment_intent.succeeded`, or one that does not exist yet.
            object: Members of the event's object in place of those of the example; for an unknown type all of it.
            id: The event's id; a new one without it.
            sequence: Its place among the events of the account; the next one without it.
            created_at: When it happened, with a time zone; now without it.

        Raises:
            StandInError: For a member that the object has not, and a value that it never has.
        """
        return self.signed(self._body(type, object, id, sequence, created_at))

    def signed(self, body: bytes | Mapping[str, Any], *, at: float | None = None) -> SignedWebhook:
        """Return a body with signatures over exactly its bytes.

        Args:
            body: The bytes, or an event that becomes JSON.
            at: When it was signed, in Unix seconds; now without it.
        """
        raw = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
        return SignedWebhook(self._headers(raw, self.secret, time.time() if at is None else at), raw)

    def again(self, webhook: SignedWebhook, *, after: float = 60.0) -> SignedWebhook:
        """Return the delivery of the same event, with the same bytes, that follows so many seconds later."""
        return self.signed(webhook.body, at=int(webhook.headers["webhook-timestamp"]) + after)

    def disordered(self, *types: str, object: Mapping[str, Any] | None = None) -> list[SignedWebhook]:
        """Return the events of one object, which happened in this order, in the opposite one."""
        made = [self.make(each, object) for each in types]
        return made[::-1]

    def late(self, type: str, object: Mapping[str, Any] | None = None, *, by: float = 600.0) -> SignedWebhook:
        """Return a webhook that was signed so many seconds ago: no receiver may accept it after 300 (`expired`)."""
        return self.signed(self._body(type, object), at=time.time() - by)

    def forged(self, type: str, object: Mapping[str, Any] | None = None) -> SignedWebhook:
        """Return a webhook that somebody without the secret has signed (`mismatch`)."""
        body = self._body(type, object)
        return SignedWebhook(self._headers(body, "whsec_c29tZWJvZHktZWxzZQ==", time.time()), body)

    def altered(self, type: str, object: Mapping[str, Any] | None = None) -> SignedWebhook:
        """Return a webhook whose body was changed on its way, so that it still reads as an event (`mismatch`)."""
        made = self.make(type, object)
        event = made.event
        event["sequence"] += 1
        return SignedWebhook(made.headers, json.dumps(event, separators=(",", ":")).encode())

    def unsigned(self, type: str, object: Mapping[str, Any] | None = None) -> SignedWebhook:
        """Return a webhook without any signature (`missing_header`)."""
        made = self.make(type, object)
        kept = ("content-type", "webhook-id", "webhook-timestamp")
        return SignedWebhook({name: value for name, value in made.headers.items() if name.lower() in kept}, made.body)

    def __repr__(self) -> str:
        return "WebhookMaker()"

    def _body(
        self,
        type: str,
        object: Mapping[str, Any] | None,
        id: str | None = None,
        sequence: int | None = None,
        created_at: datetime | None = None,
    ) -> bytes:
        number = next(_numbers)
        if created_at is not None and created_at.tzinfo is None:
            raise StandInError("created_at needs a time zone: datetime.now(UTC)")
        happened = (created_at or datetime.now(UTC)).astimezone(UTC)
        moment = happened.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        place = number if sequence is None else sequence
        event = {
            **_catalog.example_of("Event"),
            "id": id or f"evt_{time.time_ns():x}{number:04d}",
            "type": type,
            "sequence": place,
            "created_at": moment,
            "data": {"object": _object(type, object, place, moment), "previous_attributes": None},
        }
        return json.dumps(event, separators=(",", ":")).encode()

    def _headers(self, body: bytes, secret: str, at: float) -> dict[str, str]:
        id = str(json.loads(body).get("id", "")) if body.startswith(b"{") else ""
        moment = int(at)
        signed = f"{id}.{moment}.".encode() + body
        standard = b64encode(hmac.digest(_standard_key(secret), signed, "sha256")).decode()
        return {
            "Content-Type": "application/json",
            "Molam-Signature": webhooks.generate_signature(body, secret, timestamp=moment, kid=self._kid),
            "webhook-id": id,
            "webhook-timestamp": str(moment),
            "webhook-signature": f"v1,{standard}",
        }


def _object(type: str, members: Mapping[str, Any] | None, sequence: int, moment: str) -> Any:
    """Return the object of an event: the example, as the type says that it is, with the given members."""
    schema = EVENT_OBJECTS.get(type)
    if schema is None:
        return dict(members or {})
    state = _STATES.get(type, type.rpartition(".")[2])
    status = state if state in _catalog.words_of(schema, "status") else None
    example = _catalog.example_of(schema, status)
    said: dict[str, Any] = {} if status is None else {"status": status}
    if status == "requires_capture":
        said |= {"amount_capturable": example["amount"], "amount_received": 0}
    said |= {name: value for name, value in (("sequence", sequence), ("updated_at", moment)) if name in example}
    return _catalog.merged(type, schema, example, {**said, **(members or {})})


def _standard_key(secret: str) -> bytes:
    """Return the key of the Standard Webhooks scheme: the base64 after `whsec_`, or what else stands there."""
    encoded = secret.removeprefix("whsec_")
    try:
        return b64decode(encoded, validate=True)
    except ValueError:
        return encoded.encode()
