"""Brings payment intents and their charges to where an event tells of."""

from ...domain.payment_intents import PaymentIntent
from ...domain.problems import ProblemError
from ...storage import charges as charge_rows
from ...storage import payment_intents as intent_rows
from ..payment_intents import (
    cancel_payment_intent,
    capture_payment_intent,
    confirm_payment_intent,
    create_payment_intent,
)
from .steps import Document, Steps, no_step

_OPEN = frozenset({"requires_payment_method", "requires_confirmation"})
_SENT = frozenset({"requires_action", "processing"})


async def created(steps: Steps) -> str:
    """A new intent."""
    if steps.object_id is not None:
        raise no_step("payment_intent.created", "an existing intent")
    return str((await _create(steps))["id"])


async def requires_action(steps: Steps) -> str:
    """An intent that waits for its customer."""
    return await _sent(steps, "pm_cpay_action", "payment_intent.requires_action")


async def processing(steps: Steps) -> str:
    """An intent that the provider works on."""
    return await _sent(steps, "pm_cpay_async_ok", "payment_intent.processing")


async def amount_capturable_updated(steps: Steps) -> str:
    """An intent whose money is held."""
    event = "payment_intent.amount_capturable_updated"
    if steps.object_id is not None and (await _intent(steps)).capture_method != "manual":
        raise no_step(event, "automatic capture")
    return await _authorized(steps, event, capture_method="manual")


async def succeeded(steps: Steps) -> str:
    """A paid intent."""
    event = "payment_intent.succeeded"
    if steps.object_id is not None and (await _intent(steps)).status == "requires_capture":
        id = str(steps.object_id)
    else:
        id = await _authorized(steps, event)
    if (await steps.find(intent_rows.TABLE, id)).status == "requires_capture":
        await steps.run(capture_payment_intent, {}, payment_intent_id=id)
    return id


async def failed(steps: Steps) -> str:
    """An intent whose attempt was declined."""
    event = "payment_intent.failed"
    if steps.object_id is None:
        return str((await _create(steps, payment_method="pm_cpay_declined", confirm=True))["resource"]["id"])
    intent = await _intent(steps)
    if intent.status in _SENT:
        await _end(steps, intent, "failed")
    elif intent.status in _OPEN:
        body: Document = {"payment_method": "pm_cpay_declined"}
        await steps.run(confirm_payment_intent, body, payment_intent_id=intent.id)
    else:
        raise no_step(event, intent.status)
    return intent.id


async def canceled(steps: Steps) -> str:
    """An intent that was given up."""
    id = str(steps.object_id or (await _create(steps))["id"])
    await _cancel(steps, id, "payment_intent.canceled")
    return id


async def anomaly(steps: Steps) -> str:
    """An intent that was given up, for which the provider collects money all the same."""
    event = "payment_intent.anomaly"
    id = str(steps.object_id or (await _create(steps))["id"])
    intent = await steps.find(intent_rows.TABLE, id)
    if intent.latest_charge is not None:
        charge = await steps.find(charge_rows.TABLE, intent.latest_charge)
        if charge.provider_transaction_id is not None:
            raise no_step(event, f"a charge that is {charge.status}")
    if intent.status in _OPEN and intent.latest_charge is None:
        await steps.run(confirm_payment_intent, {"payment_method": "pm_cpay_action"}, payment_intent_id=id)
    if intent.status != "canceled":
        await _cancel(steps, id, event)
    canceled_intent = await steps.find(intent_rows.TABLE, id)
    if canceled_intent.latest_charge is None:
        raise no_step(event, "an intent that was never sent")
    await _end(steps, canceled_intent, "succeeded")
    return id


async def charge_succeeded(steps: Steps) -> str:
    """A charge that collected its money."""
    await _name_intent(steps)
    return await _latest_charge(steps, await succeeded(steps))


async def charge_failed(steps: Steps) -> str:
    """A charge that was declined."""
    await _name_intent(steps)
    return await _latest_charge(steps, await failed(steps))


async def _create(steps: Steps, **members: object) -> Document:
    described = {"description": steps.overrides["description"]} if "description" in steps.overrides else {}
    return await steps.run(create_payment_intent, {**steps.money, **steps.metadata, **described, **members})


async def paid(steps: Steps, payment_method: str = "pm_cpay_ok") -> Document:
    """A new intent that is paid."""
    return await _create(steps, payment_method=payment_method, confirm=True)


async def _sent(steps: Steps, payment_method: str, event: str, **members: object) -> str:
    """An intent confirmed with this token, new unless one is named."""
    if steps.object_id is None:
        return str((await _create(steps, payment_method=payment_method, confirm=True, **members))["id"])
    intent = await _intent(steps)
    if intent.status not in _OPEN:
        raise no_step(event, intent.status)
    await steps.run(confirm_payment_intent, {"payment_method": payment_method}, payment_intent_id=intent.id)
    return intent.id


async def _authorized(steps: Steps, event: str, **members: object) -> str:
    """An intent to which its provider said yes, new unless one is named."""
    if steps.object_id is not None:
        intent = await _intent(steps)
        if intent.status in _SENT:
            await _end(steps, intent, "succeeded")
            return intent.id
    return await _sent(steps, "pm_cpay_ok", event, **members)


async def _cancel(steps: Steps, id: str, event: str) -> None:
    try:
        await steps.run(cancel_payment_intent, {}, payment_intent_id=id)
    except ProblemError as error:
        if error.status != 409:
            raise
        raise no_step(event, (await steps.find(intent_rows.TABLE, id)).status) from None


async def _end(steps: Steps, intent: PaymentIntent, status: str) -> None:
    charge = await steps.find(charge_rows.TABLE, str(intent.latest_charge))
    decline_code = "generic_decline" if status == "failed" else None
    await steps.end(charge.provider_reference, status, decline_code)


async def _intent(steps: Steps) -> PaymentIntent:
    return await steps.find(intent_rows.TABLE, str(steps.object_id))


async def _name_intent(steps: Steps) -> None:
    """A charge's events come from its intent's steps."""
    if steps.object_id is not None:
        charge = await steps.find(charge_rows.TABLE, str(steps.object_id))
        steps.object_id = charge.payment_intent


async def _latest_charge(steps: Steps, id: str) -> str:
    intent = await steps.find(intent_rows.TABLE, id)
    return str(intent.latest_charge)
