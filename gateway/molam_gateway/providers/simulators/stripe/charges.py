"""Charges: what a payment's attempts to collect money leave behind."""

from collections.abc import Sequence

from .cards import Card
from .errors import StripeError
from .world import Document, World, shown

DISPUTES = "stripe.dispute"
_EXPIRY_YEAR = 2034


def create(world: World, intent: Document, card: Card, *, captured: bool) -> Document:
    """Collect the money, or hold it."""
    charge = _new(world, intent, card) | {"status": "succeeded", "paid": True, "captured": captured}
    if captured:
        charge["amount_captured"] = intent["amount"]
        _moved(world, charge, intent["amount"], intent["_reference"])
    world.save(charge)
    return charge


def fail(world: World, intent: Document, card: Card, error: StripeError) -> Document:
    """Write an attempt down that was declined."""
    charge = _new(world, intent, card) | {
        "status": "failed",
        "failure_code": error.code,
        "failure_message": error.message,
        "outcome": {"type": "issuer_declined", "reason": error.decline_code, "network_status": "declined_by_network"},
    }
    world.save(charge)
    return charge


def capture(world: World, id: str, amount: int, reference: str) -> Document:
    """Collect a part of what is held, or all of it."""
    charge = world.find("charge", id)
    charge |= {"captured": True, "amount_captured": amount}
    _moved(world, charge, amount, reference)
    world.save(charge)
    return charge


def release(world: World, id: str) -> None:
    """Let go of what is held."""
    charge = world.find("charge", id)
    charge |= {"refunded": True, "amount_refunded": charge["amount"]}
    world.save(charge)


def expanded(world: World, document: Document, expand: Sequence[str]) -> Document:
    """An object as the API shows it, with the charges in it that were asked for."""
    found = shown(document)
    for name in ("latest_charge", "charge"):
        if name in expand and found.get(name) is not None:
            found[name] = shown(world.find("charge", found[name]))
    return found


def _new(world: World, intent: Document, card: Card) -> Document:
    return {
        "id": world.new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "captured": False,
        "created": world.time(),
        "currency": intent["currency"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "livemode": world.livemode,
        "metadata": intent["metadata"],
        "outcome": {"type": "authorized", "reason": None, "network_status": "approved_by_network"},
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": {"type": "card", "card": _card(card)},
        "refunded": False,
        "status": "pending",
        "_refund": card.refund,
        "_disputed": card.disputed,
    }


def _card(card: Card) -> Document:
    return {
        "brand": card.brand,
        "country": "US",
        "exp_month": 12,
        "exp_year": _EXPIRY_YEAR,
        "funding": "credit",
        "last4": card.last4,
        "network": card.brand,
    }


def _moved(world: World, charge: Document, amount: int, reference: str) -> None:
    world.move("charge", amount, charge["currency"], reference, charge["id"])
    if charge["_disputed"]:
        world.simulation.plan(0, DISPUTES, {"charge": charge["id"]})
