"""Brings refunds to where an event tells of."""

from ...domain.refunds import Refund
from ...storage import charges as charge_rows
from ...storage import refunds as refund_rows
from ..refunds import create_refund
from .payments import paid
from .steps import Document, Steps, no_step


async def created(steps: Steps) -> str:
    """A new refund of a new payment."""
    if steps.object_id is not None:
        raise no_step("refund.created", "an existing refund")
    return str((await _new(steps))["id"])


async def updated(steps: Steps) -> str:
    """A refund that the provider takes its time for."""
    if steps.object_id is not None:
        raise no_step("refund.updated", (await _refund(steps)).status)
    return str((await _new(steps, slow=True))["id"])


async def processed(steps: Steps) -> str:
    """A refund that is done."""
    if steps.object_id is None:
        return str((await _new(steps))["id"])
    refund = await _refund(steps)
    if refund.status != "processing":
        raise no_step("refund.processed", refund.status)
    await steps.end(refund.provider_reference, "succeeded")
    return refund.id


async def failed(steps: Steps) -> str:
    """A refund that was refused, or that came back."""
    if steps.object_id is None:
        steps.object_id = (await _new(steps, slow=True))["id"]
    refund = await _refund(steps)
    if refund.status not in {"processing", "succeeded"}:
        raise no_step("refund.failed", refund.status)
    came_back = refund.status == "succeeded"
    await steps.end(refund.provider_reference, "reversed" if came_back else "failed", "generic_decline")
    return refund.id


async def _new(steps: Steps, *, slow: bool = False) -> Document:
    intent = await paid(steps)
    if slow:
        charge = await steps.find(charge_rows.TABLE, intent["latest_charge"])
        await steps.provider.slow_refunds(charge.provider_reference)
    return await steps.run(create_refund, steps.metadata, charge_id=intent["latest_charge"])


async def _refund(steps: Steps) -> Refund:
    """The refund that was named, as the provider has it by now."""
    refund = await steps.find(refund_rows.TABLE, str(steps.object_id))
    await steps.settle(refund.provider_reference)
    return await steps.find(refund_rows.TABLE, refund.id)
