"""Refunds: at once, after a while, or seemingly done and failing later."""

from collections.abc import Mapping
from typing import Any

from . import amounts, charges
from .errors import invalid
from .parameters import Parameters
from .payment_intents import Execute
from .world import Document, World

ENDS = "stripe.refund_ends"
_MOST_LISTED = 100
_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(world: World, given: Mapping[str, Any], key: str | None) -> Execute:
    """`POST /v1/refunds`."""
    params = Parameters(given)
    payment, charge_id, wanted = params.text("payment_intent"), params.text("charge"), params.integer("amount")
    reason, metadata = params.choice("reason", *_REASONS), params.metadata()
    params.end()
    if (payment is None) == (charge_id is None):
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if payment is not None:
        intent = world.find("payment_intent", payment, "payment_intent")
        charge_id = intent["latest_charge"]
        if intent["status"] != "succeeded":
            raise invalid("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    charge = world.find("charge", str(charge_id), "charge")
    if wanted is not None:
        amounts.check(wanted, charge["currency"])

    def execute() -> Document:
        charge = world.find("charge", str(charge_id), "charge")
        if charge["disputed"]:
            raise invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", "charge_disputed")
        left = charge["amount_captured"] - charge["amount_refunded"]
        if not charge["captured"] or left == 0:
            raise invalid(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
        amount = wanted or left
        if amount > left:
            raise invalid("Refund amount is greater than unrefunded amount on charge", None, "amount")
        refund = _new(world, charge, amount, reason, metadata, key)
        _begun(world, charge, refund, key)
        return charges.expanded(world, refund, params.expand)

    return execute


def retrieve(world: World, id: str, given: Mapping[str, Any]) -> Execute:
    """`GET /v1/refunds/{id}`."""
    params = Parameters(given)
    params.end()
    return lambda: charges.expanded(world, world.find("refund", id), params.expand)


def listing(world: World, given: Mapping[str, Any]) -> Execute:
    """`GET /v1/refunds`: the newest first."""
    params = Parameters(given)
    payment, charge = params.text("payment_intent"), params.text("charge")
    limit, after = params.integer("limit") or 10, params.text("starting_after")
    params.end()
    if not 1 <= limit <= _MOST_LISTED:
        raise invalid("Invalid limit", None, "limit")

    def execute() -> Document:
        filtered = payment or charge
        ids = world.indexed(f"refunds {filtered}") if filtered else world.names("refund")
        ids.reverse()
        if after is not None:
            ids = ids[ids.index(after) + 1 :] if after in ids else []
        found = [charges.expanded(world, world.find("refund", id), params.expand) for id in ids[:limit]]
        return {"object": "list", "url": "/v1/refunds", "has_more": len(ids) > limit, "data": found}

    return execute


def ended(world: World, id: str) -> None:
    """What was pending succeeds; what seemed to have succeeded fails, and the money comes back."""
    refund = world.find("refund", id)
    charge = world.find("charge", refund["charge"])
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        world.save(refund)
        world.move("refund", refund["amount"], refund["currency"], refund["_reference"], refund["id"])
        _announce(world, refund, None, "refund.updated", "charge.refund.updated")
        return
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    world.save(charge)
    world.save(refund)
    world.move("refund_reversal", refund["amount"], refund["currency"], refund["_reference"], refund["id"])
    _announce(world, refund, None, "refund.updated", "refund.failed", "charge.refund.updated")


def _new(
    world: World, charge: Document, amount: int, reason: str | None, metadata: Mapping[str, str], key: str | None
) -> Document:
    id = world.new_id("re")
    for name in (charge["id"], charge["payment_intent"]):
        world.index(f"refunds {name}", id)
    return {
        "id": id,
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": world.time(),
        "currency": charge["currency"],
        "destination_details": {"type": "card", "card": {"type": "refund", "reference_status": "pending"}},
        "metadata": dict(metadata),
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "pending" if charge["_refund"] == "pending" else "succeeded",
        "_reference": key or id,
    }


def _begun(world: World, charge: Document, refund: Document, key: str | None) -> None:
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    world.save(charge)
    world.save(refund)
    if refund["status"] == "succeeded":
        world.move("refund", refund["amount"], refund["currency"], refund["_reference"], refund["id"])
    if charge["_refund"] != "succeeds":
        world.simulation.plan(world.knobs.refund_delay, ENDS, {"id": refund["id"]})
    _announce(world, refund, key, "refund.created")
    world.emit("charge.refunded", charge, key)


def _announce(world: World, refund: Document, key: str | None, *types: str) -> None:
    for type in types:
        world.emit(type, refund, key)
