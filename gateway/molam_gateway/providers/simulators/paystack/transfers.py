"""Paystack's transfers: to recipients that are made first, once per reference."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from ..book import Movement
from ..simulation import Simulation
from .behaviour import NO_BALANCE, NO_SUCH_ACCOUNT, REVISION_DELAY, SETTLE_DELAY, of_transfer
from .envelope import RefusedError, amount_of, currency_of, text_of
from .webhooks import Webhooks

_STEP = "paystack.transfer"
_KIND = "transfer"
_TYPES = frozenset({"nuban", "mobile_money", "kepss", "basa", "ghipss"})
_REFERENCE = re.compile(r"[a-z0-9_-]{16,50}", re.ASCII)
_EVENTS = frozenset({"success", "failed", "reversed"})


class Transfers:
    """Money goes out when a transfer succeeds and comes back when it is reversed."""

    def __init__(self, frame: Simulation, webhooks: Webhooks) -> None:
        self._frame = frame
        self._book = frame.book
        self._webhooks = webhooks
        frame.on(_STEP, self._step)

    def create_recipient(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A recipient; the same details are the same recipient."""
        names = ("type", "name", "account_number", "bank_code")
        details = {name: text_of(body, name) for name in names} | {"currency": currency_of(body)}
        if details["type"] not in _TYPES:
            raise RefusedError(400, "invalid_params", "Invalid recipient type")
        if details["account_number"].endswith(NO_SUCH_ACCOUNT):
            raise RefusedError(422, "invalid_bank_code", "Cannot resolve account")
        digest = hashlib.sha256(json.dumps(details, sort_keys=True).encode()).hexdigest()[:15]
        with self._book.transaction():
            code = f"RCP_{digest}"
            recipient = {"recipient_code": code, "active": True, **details}
            self._book.put("recipient", code, recipient)
        return recipient

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a transfer."""
        amount, reference = amount_of(body), text_of(body, "reference")
        if not _REFERENCE.fullmatch(reference):
            raise RefusedError(400, "invalid_params", "Reference must be 16 to 50 lower-case letters, digits, - and _")
        with self._book.transaction():
            recipient = self._book.find("recipient", text_of(body, "recipient"))
            if recipient is None:
                raise RefusedError(404, "recipient_not_found", "Recipient specified is invalid")
            if self._book.find(_KIND, reference) is not None:
                raise RefusedError(
                    400,
                    "duplicate_reference",
                    "Please provide a unique reference. Customer already has a transfer with this reference",
                )
            if recipient["account_number"].endswith(NO_BALANCE):
                raise RefusedError(400, "insufficient_balance", "Your balance is not enough to fulfil this request")
            transfer: dict[str, Any] = {
                "id": 860_000_000 + self._book.number(_KIND),
                "reference": reference,
                "transfer_code": f"TRF_{reference[-16:]}",
                "amount": amount,
                "currency": currency_of(body, recipient["currency"]),
                "recipient": recipient["recipient_code"],
                "reason": body.get("reason"),
                "source": "balance",
                "status": "",
                "failures": None,
                "domain": "test",
            }
            behaviour = of_transfer(recipient["account_number"])
            rest = [each for each in (behaviour.then, behaviour.finally_) if each is not None]
            return self._go_on(transfer, behaviour.first, rest)

    def find(self, reference: str) -> dict[str, Any]:
        """The transfer of this reference. Raises RefusedError."""
        transfer = self._book.find(_KIND, reference)
        if transfer is None:
            raise RefusedError(404, "transfer_not_found", "Transfer not found")
        return transfer

    async def _step(self, document: Mapping[str, Any]) -> None:
        with self._book.transaction():
            status, *rest = document["statuses"]
            self._go_on(self.find(document["reference"]), status, rest)

    def _go_on(self, transfer: dict[str, Any], status: str, rest: list[str]) -> dict[str, Any]:
        before, transfer = transfer["status"], {**transfer, "status": status}
        self._book.put(_KIND, transfer["reference"], transfer)
        if status == "success":
            self._move("payout", transfer)
        elif status == "reversed" and before == "success":
            self._move("payout_reversal", transfer)
        if status in _EVENTS:
            self._webhooks.tell(f"transfer.{status}", transfer)
        if rest:
            seconds = REVISION_DELAY if status == "success" else SETTLE_DELAY
            self._frame.plan(seconds, _STEP, {"reference": transfer["reference"], "statuses": rest})
        return transfer

    def _move(self, kind: str, transfer: Mapping[str, Any]) -> None:
        amount, currency, reference = transfer["amount"], transfer["currency"], transfer["reference"]
        self._book.move(Movement(kind, amount, currency, reference, transfer["transfer_code"], self._frame.now()))
