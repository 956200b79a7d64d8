"""Paystack's refunds: they take their time, may need attention, and have no idempotency key."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..book import Movement
from ..simulation import Simulation
from .behaviour import REFUND_DELAYS, RETRIED_REFUND, REVISION_DELAY, of_refund
from .envelope import RefusedError, amount_of
from .transactions import Transactions
from .webhooks import Webhooks

_STEP = "paystack.refund"
_KIND = "refund"
_REFUNDABLE = frozenset({"success", "reversed"})
_MOST = 100


class Refunds:
    """Together they never exceed their transaction."""

    def __init__(self, frame: Simulation, transactions: Transactions, webhooks: Webhooks) -> None:
        self._frame = frame
        self._book = frame.book
        self._transactions = transactions
        self._webhooks = webhooks
        frame.on(_STEP, self._step)

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a refund of all that is left, or of an amount."""
        with self._book.transaction():
            transaction = self._transactions.find_by_id(str(body.get("transaction")))
            if transaction is None:
                raise RefusedError(404, "transaction_not_found", "Transaction not found")
            if transaction["status"] not in _REFUNDABLE:
                raise RefusedError(400, "invalid_transaction", "Transaction has not been paid")
            left = transaction["amount"] - self._sent_back(transaction["id"])
            amount = amount_of(body) if "amount" in body else left
            if left == 0:
                raise RefusedError(400, "transaction_reversed", "Transaction has been fully reversed")
            if amount > left:
                message = f"Refund amount cannot be more than the amount left, {left}"
                raise RefusedError(400, "refund_amount_exceeded", message)
            label = (self._book.find("label", transaction["reference"]) or {}).get("label", "")
            refund: dict[str, Any] = {
                "id": 15_000_000 + self._book.number(_KIND),
                "transaction": transaction["id"],
                "transaction_reference": transaction["reference"],
                "amount": amount,
                "currency": transaction["currency"],
                "status": "",
                "merchant_note": body.get("merchant_note"),
                "customer_note": body.get("customer_note"),
                "refunded_by": "api",
                "domain": "test",
            }
            return self._go_on(refund, of_refund(label))

    def find(self, id: str) -> dict[str, Any]:
        """One refund. Raises RefusedError."""
        refund = self._book.find(_KIND, id)
        if refund is None:
            raise RefusedError(404, "refund_not_found", "Refund not found")
        return refund

    def page(self, transaction: str | None, number: int, size: int) -> Sequence[dict[str, Any]]:
        """A page of refunds, newest first, of one transaction's id or of all."""
        found = [each for each in self._book.all(_KIND) if transaction in {None, str(each["transaction"])}]
        size = min(size, _MOST)
        return found[::-1][(number - 1) * size : number * size]

    def retry(self, id: str) -> dict[str, Any]:
        """Go on with a refund that needed attention. Raises RefusedError."""
        with self._book.transaction():
            refund = self.find(id)
            if refund["status"] != "needs-attention":
                raise RefusedError(400, "invalid_params", "Refund does not need attention")
            return self._go_on(refund, RETRIED_REFUND)

    async def _step(self, document: Mapping[str, Any]) -> None:
        with self._book.transaction():
            self._go_on(self.find(document["id"]), document["statuses"])

    def _go_on(self, refund: dict[str, Any], statuses: Sequence[str]) -> dict[str, Any]:
        status, *rest = statuses
        before, refund = refund["status"], {**refund, "status": status}
        self._book.put(_KIND, str(refund["id"]), refund)
        if status == "processed":
            self._move("refund", refund)
            self._mark_reversed(refund)
        elif status == "failed" and before == "processed":
            self._move("refund_reversal", refund)
        if status != "needs-attention":
            self._webhooks.tell(f"refund.{status}", _event(refund))
        if rest:
            seconds = REVISION_DELAY if status == "processed" else REFUND_DELAYS[rest[0]]
            self._frame.plan(seconds, _STEP, {"id": str(refund["id"]), "statuses": rest})
        return refund

    def _mark_reversed(self, refund: Mapping[str, Any]) -> None:
        transaction = self._transactions.find(refund["transaction_reference"])
        if self._sent_back(transaction["id"]) == transaction["amount"]:
            self._transactions.reverse(transaction)

    def _sent_back(self, transaction: int) -> int:
        refunds = self._book.all(_KIND)
        return sum(r["amount"] for r in refunds if r["transaction"] == transaction and r["status"] != "failed")

    def _move(self, kind: str, refund: Mapping[str, Any]) -> None:
        reference = str(refund["merchant_note"] or refund["transaction_reference"])
        at = self._frame.now()
        self._book.move(Movement(kind, refund["amount"], refund["currency"], reference, str(refund["id"]), at))


def _event(refund: Mapping[str, Any]) -> dict[str, Any]:
    """As documented: without the refund's id and note, and with the amount in a string."""
    return {
        "status": refund["status"],
        "transaction_reference": refund["transaction_reference"],
        "refund_reference": f"TRF_{refund['id']}" if refund["status"] == "processed" else None,
        "amount": str(refund["amount"]),
        "currency": refund["currency"],
        "domain": "test",
    }
