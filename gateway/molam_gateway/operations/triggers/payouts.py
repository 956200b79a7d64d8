"""Brings payouts to where an event tells of."""

from ...domain.payouts import Payout
from ...storage import payouts as payout_rows
from ..payouts import cancel_payout, create_payout
from .payments import paid
from .steps import Steps, no_step

_UNDER_WAY = frozenset({"pending", "processing"})


async def created(steps: Steps) -> str:
    """A new payout of the money of a new payment."""
    if steps.object_id is not None:
        raise no_step("payout.created", "an existing payout")
    return (await _payout(steps)).id


async def processing(steps: Steps) -> str:
    """A payout that the provider has begun."""
    payout = await _payout(steps)
    if payout.status != "pending":
        raise no_step("payout.processing", payout.status)
    await steps.provider.begin(payout.provider_reference)
    await steps.settle(payout.provider_reference)
    return payout.id


async def succeeded(steps: Steps) -> str:
    """A payout that arrived."""
    return await _ended(steps, await _payout(steps), "payout.succeeded", "succeeded")


async def failed(steps: Steps) -> str:
    """A payout that was refused."""
    return await _ended(steps, await _payout(steps), "payout.failed", "failed")


async def reversed_(steps: Steps) -> str:
    """A payout that arrived and came back."""
    payout = await _payout(steps)
    if payout.status in _UNDER_WAY:
        await _ended(steps, payout, "payout.reversed", "succeeded")
    elif payout.status != "succeeded":
        raise no_step("payout.reversed", payout.status)
    await steps.end(payout.provider_reference, "reversed")
    return payout.id


async def canceled(steps: Steps) -> str:
    """A payout that was called off in time."""
    payout = await _payout(steps)
    if payout.status != "pending":
        raise no_step("payout.canceled", payout.status)
    await steps.run(cancel_payout, payout_id=payout.id)
    return payout.id


async def _payout(steps: Steps) -> Payout:
    """The payout that was named, or a new pending one."""
    id = steps.object_id
    if id is None:
        await paid(steps)
        beneficiary = {"type": "mobile_money", "phone": "+254700009999"}
        new = await steps.run(create_payout, {**steps.money, **steps.metadata, "beneficiary": beneficiary})
        id = new["id"]
    return await steps.find(payout_rows.TABLE, str(id))


async def _ended(steps: Steps, payout: Payout, event: str, status: str) -> str:
    if payout.status not in _UNDER_WAY:
        raise no_step(event, payout.status)
    await steps.end(payout.provider_reference, status, "beneficiary_rejected" if status == "failed" else None)
    return payout.id
