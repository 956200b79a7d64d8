"""Disputes: opened by a cardholder's bank, closed in somebody's favour."""

from .world import Document, World

CLOSES = "stripe.dispute_closes"


def opened(world: World, charge_id: str) -> None:
    """The bank takes the charge back for now."""
    charge = world.find("charge", charge_id)
    charge["disputed"] = True
    dispute: Document = {
        "id": world.new_id("du"),
        "object": "dispute",
        "amount": charge["amount_captured"],
        "charge": charge["id"],
        "created": world.time(),
        "currency": charge["currency"],
        "livemode": world.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }
    world.save(charge)
    world.save(dispute)
    world.emit("charge.dispute.created", dispute, None)
    world.simulation.plan(world.knobs.dispute_delay, CLOSES, {"id": dispute["id"], "status": "won"})


def closed(world: World, id: str, status: str) -> None:
    """The bank decided: `won` or `lost`."""
    dispute = world.find("dispute", id)
    if dispute["status"] != "needs_response":
        return
    dispute["status"] = status
    world.save(dispute)
    if status == "won":
        world.save(world.find("charge", dispute["charge"]) | {"disputed": False})
    world.emit("charge.dispute.closed", dispute, None)
