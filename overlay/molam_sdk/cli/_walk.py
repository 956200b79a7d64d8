"""The steps of `molam demo`: a payment from its creation to its refund, each result checked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable

    from .. import MolamClient

_AMOUNT, _CURRENCY, _PART = "49.99", "EUR", "10.00"


@attrs.frozen
class Step:
    """What a step came to, whether that is right, and how many milliseconds it took."""

    name: str
    result: str
    right: bool
    ms: int


class Walk:
    """The steps, in order; each builds on those before."""

    def __init__(self, client: MolamClient, secret: str, note: Callable[[str, str], object]) -> None:
        self._client = client
        self._secret = secret
        self._note = note
        self.payment_id = ""
        self.steps: list[Step] = []

    def run(self) -> None:
        """Take every step."""
        from ._connection import new_key

        self._key = new_key()
        for name, step in (
            ("create a payment", self._create),
            ("retrieve it", self._retrieve),
            ("confirm it", self._confirm),
            ("confirm it again, same key", self._repeat),
            ("try a card that is declined", self._decline),
            ("refund a part", self._refund),
            ("verify its webhook", self._webhook),
            ("look into the provider's book", self._ledger),
        ):
            self._take(name, step)

    def _take(self, name: str, step: Callable[[], tuple[str, bool]]) -> None:
        self._note(f"[{len(self.steps) + 1}/8] {name}", "dim")
        begun = time.monotonic()
        result, right = step()
        self.steps.append(Step(name, result, right, round((time.monotonic() - begun) * 1000)))

    def _create(self) -> tuple[str, bool]:
        from .. import Money

        intent = self._client.payment_intents.create(
            amount=Money.of(_AMOUNT, _CURRENCY), metadata={"demo": "molam"}, idempotency_key=f"{self._key}-create"
        )
        self.payment_id = intent.id
        return f"{intent.id}, {_shown(intent)}, {intent.status}", intent.status == "requires_payment_method"

    def _retrieve(self) -> tuple[str, bool]:
        intent = self._client.payment_intents.retrieve(self.payment_id)
        return f"{_shown(intent)}, {intent.status}", intent.id == self.payment_id

    def _confirm(self) -> tuple[str, bool]:
        intent = self._client.payment_intents.confirm(
            self.payment_id, payment_method="pm_cpay_ok", idempotency_key=f"{self._key}-confirm"
        )
        return f"{intent.status}, charge {intent.latest_charge}", intent.status == "succeeded"

    def _repeat(self) -> tuple[str, bool]:
        raw = self._client.with_raw_response.payment_intents.confirm(
            self.payment_id, payment_method="pm_cpay_ok", idempotency_key=f"{self._key}-confirm"
        )
        return "the earlier answer, nothing happened twice" if raw.replayed else "executed again", raw.replayed

    def _decline(self) -> tuple[str, bool]:
        from ..errors import DeclinedError

        try:
            self._client.payment_intents.create(
                amount=900,
                currency=_CURRENCY,
                payment_method="pm_cpay_insufficient_funds",
                confirm=True,
                idempotency_key=f"{self._key}-decline",
            )
        except DeclinedError as error:
            return f"DeclinedError, {error.decline_code}", error.decline_code == "insufficient_funds"
        return "it was not declined", False

    def _refund(self) -> tuple[str, bool]:
        from .. import Money

        refund = self._client.refunds.create(
            self.payment_id, amount=Money.of(_PART, _CURRENCY).amount, idempotency_key=f"{self._key}-refund"
        )
        return f"{refund.id}, {_shown(refund)}, {refund.status}", refund.status == "succeeded"

    def _webhook(self) -> tuple[str, bool]:
        from .. import webhooks
        from ._answers import document

        listed = self._client.with_raw_response.events.list(type="payment_intent.succeeded", object_id=self.payment_id)
        return _verified(webhooks, document(listed)["data"], self._secret)

    def _ledger(self) -> tuple[str, bool]:
        movements = self._client.sandbox.retrieve_ledger(payment_intent=self.payment_id).data
        kinds = sorted(str(each.kind) for each in movements)
        return " and ".join(kinds), kinds == ["charge", "refund"]


def _verified(webhooks: Any, events: list[dict[str, Any]], secret: str) -> tuple[str, bool]:
    """Sign an event as the API does, accept it, and refuse it with one byte changed."""
    import json

    from ..errors import SignatureError

    body = json.dumps(events[0]).encode()
    header = webhooks.generate_signature(body, secret)
    event = webhooks.construct_event(header, body, secret)
    try:
        webhooks.construct_event(header, body + b" ", secret)
    except SignatureError:
        return f"{event.type_} is authentic, a changed one is refused", len(events) == 1
    return "a changed one was accepted", False


def _shown(found: Any) -> str:
    from ._answers import amount

    return amount(found.amount, found.currency)
