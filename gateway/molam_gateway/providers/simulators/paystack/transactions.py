"""Paystack's transactions: initialized for a page, charged by authorization code or by phone, verified by reference."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..book import Movement
from ..simulation import Simulation
from .behaviour import SETTLE_DELAY, Payment, of_authorization, of_checkout, of_phone
from .envelope import RefusedError, amount_of, currency_of, text_of
from .webhooks import Webhooks

_SETTLE = "paystack.transaction"
_KIND = "transaction"
_REFERENCE = re.compile(r"[A-Za-z0-9.=-]{1,100}", re.ASCII)
_OPEN = frozenset({"abandoned", "ongoing", "pending", "processing", "queued"})


class Transactions:
    """Each has a reference of the merchant's, which is taken once."""

    def __init__(self, frame: Simulation, webhooks: Webhooks) -> None:
        self._frame = frame
        self._book = frame.book
        self._webhooks = webhooks
        frame.on(_SETTLE, self._settle)

    def initialize(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A transaction that waits for its customer on a page."""
        with self._book.transaction():
            email = text_of(body, "email")
            transaction = self._begin(body, of_checkout(email), channel="card", label="", details=_CARD)
            code = f"{transaction['id']:015x}"
            self._book.put("access", code, {"reference": transaction["reference"]})
            return {"access_code": code, "reference": transaction["reference"]}

    def charge_authorization(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A charge of a card that was used before."""
        code = text_of(body, "authorization_code")
        payment = of_authorization(code)
        if payment is None:
            raise RefusedError(400, "invalid_authorization_code", "Authorization code is invalid")
        with self._book.transaction():
            transaction = self._begin(body, payment, channel="card", label=code, details=_CARD)
            if not payment.challenged:
                return transaction
            access = f"{transaction['id']:015x}"
            self._book.put("access", access, {"reference": transaction["reference"]})
            return {"reference": transaction["reference"], "access_code": access, "paused": True}

    def charge_mobile_money(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A request for money on somebody's phone."""
        given: Any = body.get("mobile_money")
        if not isinstance(given, dict):
            raise RefusedError(400, "missing_params", "mobile_money is required")
        phone, provider = text_of(given, "phone"), text_of(given, "provider")  # pyright: ignore[reportUnknownArgumentType] - JSON
        details = {"channel": "mobile_money", "bank": provider.upper(), "mobile_money_number": phone}
        with self._book.transaction():
            transaction = self._begin(body, of_phone(phone), channel="mobile_money", label=phone, details=details)
            text = "Please complete authorization process on your mobile phone"
            return {**transaction, "status": "pay_offline", "display_text": text}

    def find(self, reference: str) -> dict[str, Any]:
        """The transaction of this reference. Raises RefusedError."""
        transaction = self._book.find(_KIND, reference)
        if transaction is None:
            raise RefusedError(400, "transaction_not_found", "Transaction reference not found.")
        return transaction

    def find_by_id(self, id: str) -> dict[str, Any] | None:
        """The transaction with this id of Paystack's, or of this reference."""
        named = self._book.find("transaction_id", id)
        return self._book.find(_KIND, id if named is None else str(named["reference"]))

    def visit(self, access_code: str) -> dict[str, Any] | None:
        """A customer opens a page; the transaction there, None if there is no such page."""
        access = self._book.find("access", access_code)
        if access is None:
            return None
        with self._book.transaction():
            transaction = self.find(access["reference"])
            if transaction["status"] == "abandoned":
                transaction["status"] = "ongoing"
                self._put(transaction)
            return transaction

    def decide(self, access_code: str, *, pays: bool) -> dict[str, Any] | None:
        """The customer decides, once; the transaction as it is now."""
        transaction = self.visit(access_code)
        if transaction is None:
            return None
        with self._book.transaction():
            return self._end(transaction, "success" if pays else "failed")

    def reverse(self, transaction: dict[str, Any]) -> None:
        """Everything of it was sent back; belongs into the book's transaction that sent it."""
        self._put({**transaction, "status": "reversed"})

    def _begin(
        self, body: Mapping[str, Any], payment: Payment, *, channel: str, label: str, details: Mapping[str, object]
    ) -> dict[str, Any]:
        email, amount, currency = text_of(body, "email"), amount_of(body), currency_of(body)
        if "@" not in email:
            raise RefusedError(400, "invalid_params", "Invalid Email Address Passed")
        id = 4_000_000_000 + self._book.number(_KIND)
        reference = body.get("reference", f"T{id}")
        if not isinstance(reference, str) or not _REFERENCE.fullmatch(reference):
            raise RefusedError(400, "invalid_params", "Invalid transaction reference")
        if self._book.find(_KIND, reference) is not None:
            raise RefusedError(
                400,
                "duplicate_reference",
                "Duplicate Transaction Reference",
                "Try and create the Transaction or Charge with a new reference",
            )
        transaction: dict[str, Any] = {
            "id": id,
            "domain": "test",
            "status": payment.first,
            "reference": reference,
            "amount": amount,
            "requested_amount": amount,
            "currency": currency,
            "gateway_response": "The transaction was not completed" if payment.first == "abandoned" else "",
            "message": None,
            "paid_at": None,
            "created_at": self._time(),
            "channel": channel,
            "metadata": body.get("metadata", ""),
            "authorization": {**details, **({"authorization_code": label} if channel == "card" and label else {})},
            "customer": {"email": email},
            "fees": 0,
        }
        self._book.put("label", reference, {"label": label, "reason": payment.reason})
        self._book.put("transaction_id", str(id), {"reference": reference})
        if payment.first in _OPEN:
            self._put(transaction)
            if payment.then is not None:
                self._frame.plan(SETTLE_DELAY, _SETTLE, {"reference": reference, "status": payment.then})
            return transaction
        return self._end({**transaction, "status": "pending"}, payment.first)

    def _end(self, transaction: dict[str, Any], status: str) -> dict[str, Any]:
        if transaction["status"] not in _OPEN:
            return transaction
        paid = status == "success"
        reason = (self._book.find("label", transaction["reference"]) or {}).get("reason", "Declined")
        ended: dict[str, Any] = {
            **transaction,
            "status": status,
            "gateway_response": "Successful" if paid else reason,
            "paid_at": self._time() if paid else None,
        }
        self._put(ended)
        if paid:
            at = self._frame.now()
            moved = Movement("charge", ended["amount"], ended["currency"], ended["reference"], str(ended["id"]), at)
            self._book.move(moved)
            self._webhooks.tell("charge.success", ended)
        return ended

    async def _settle(self, document: Mapping[str, Any]) -> None:
        with self._book.transaction():
            self._end(self.find(document["reference"]), document["status"])

    def _put(self, transaction: Mapping[str, Any]) -> None:
        self._book.put(_KIND, transaction["reference"], transaction)

    def _time(self) -> str:
        return datetime.fromtimestamp(self._frame.now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_CARD: Mapping[str, object] = {
    "channel": "card",
    "card_type": "visa ",
    "brand": "visa",
    "last4": "4081",
    "exp_month": "12",
    "exp_year": "2034",
    "bank": "TEST BANK",
    "reusable": True,
}
