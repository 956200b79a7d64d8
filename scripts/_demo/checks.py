"""What each step's result has to be: said once, for both clients."""

import json
from collections.abc import Callable, Iterable

from _demo.receiver import Delivery
from _demo.telling import Telling, WrongResultError, money
from molam_api.models import Balance, Event, LedgerMovement, PaymentIntent, Payout, Refund
from molam_sdk import errors

AMOUNT = 5000
FIRST_REFUND = 1500
SECOND_REFUND = 1000
PAYOUT = 2000
CURRENCY = "USD"


def created(tell: Telling, intent: PaymentIntent) -> None:
    tell.check("status", intent.status, "requires_confirmation")
    tell.check("amount", intent.amount, AMOUNT)
    tell.check("metadata", intent.metadata["order_id"], "12345")
    tell.step("create", f"{money(intent.amount, intent.currency)}, {intent.status}  ({intent.id})")


def confirmed(tell: Telling, intent: PaymentIntent) -> None:
    tell.check("status", intent.status, "requires_capture")
    tell.check("amount_capturable", intent.amount_capturable, AMOUNT)
    tell.step("confirm", f"{money(intent.amount_capturable, intent.currency)} authorized, {intent.status}")


def captured(tell: Telling, intent: PaymentIntent) -> None:
    tell.check("status", intent.status, "succeeded")
    tell.check("amount_received", intent.amount_received, AMOUNT)
    tell.step("capture", f"{money(intent.amount_received, intent.currency)} received, {intent.status}")


def refunded(tell: Telling, name: str, refund: Refund, amount: int, intent: PaymentIntent, total: int) -> None:
    tell.check("status", refund.status, "succeeded")
    tell.check("amount", refund.amount, amount)
    tell.check("amount_refunded", intent.amount_refunded, total)
    tell.step(name, f"{money(refund.amount, refund.currency)} back, {money(total, refund.currency)} in all")


def paid_out(tell: Telling, payout: Payout, before: Balance, after: Balance) -> None:
    tell.check("status", payout.status, "succeeded")
    tell.check("last four digits", payout.beneficiary.last4, "0000")
    tell.check("what the balance lost", _available(before) - _available(after), PAYOUT)
    left = money(_available(after), CURRENCY)
    tell.step("payout", f"{money(payout.amount, payout.currency)} to ...0000, {left} left")


def declined(tell: Telling, error: errors.DeclinedError, intent: PaymentIntent) -> None:
    tell.check("status code", error.status_code, 402)
    tell.check("decline code", error.decline_code, "generic_decline")
    tell.check("outcome", error.outcome, "rejected")
    tell.check("the intent's status", intent.status, "requires_payment_method")
    tell.step("decline", f"{type(error).__name__}, {error.code}, {error.decline_code}: {intent.status} again")


def charged_once(
    tell: Telling, intent: PaymentIntent, attempts: int, replayed: bool, movements: Iterable[LedgerMovement]
) -> None:
    tell.check("status", intent.status, "succeeded")
    tell.check("attempts", attempts, 2)
    tell.check("replayed", replayed, True)
    charges = [movement.amount for movement in movements if movement.kind == "charge"]
    tell.check("charges in the provider's book", charges, [AMOUNT])
    tell.step("lost answer", f"the call was sent {attempts} times with one key, the provider charged once")


def about(intent: PaymentIntent) -> Callable[[Delivery], bool]:
    """Whether a delivery says that this intent has succeeded."""

    def wanted(delivery: Delivery) -> bool:
        event = json.loads(delivery.body)
        found = (event["type"], event["data"]["object"].get("id"))
        return found == ("payment_intent.succeeded", intent.id)

    return wanted


def received(tell: Telling, event: Event, intent: PaymentIntent) -> None:
    tell.check("type", event.type_, "payment_intent.succeeded")
    paid = event.data.object_
    if not isinstance(paid, PaymentIntent):
        raise WrongResultError(f"the event carries {type(paid).__name__}, it has to carry a PaymentIntent")
    tell.check("the event's object", paid.id, intent.id)
    tell.step("webhook", f"{event.type_} arrived, its signature verifies  ({event.id})")


def forgery_refused(tell: Telling, error: errors.SignatureError) -> None:
    tell.check("reason", error.reason, "mismatch")
    tell.step("forged webhook", f"{type(error).__name__}, reason {error.reason}")


def _available(balance: Balance) -> int:
    return sum(entry.amount for entry in balance.available if entry.currency == CURRENCY)
