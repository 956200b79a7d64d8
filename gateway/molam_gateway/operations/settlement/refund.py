"""Settles the outcome of a refund."""

from ...domain import charges, payment_intents, refunds
from ...domain.attempts import Attempt
from ...domain.charges import Charge
from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ...domain.payment_intents import PaymentIntent
from ...domain.refunds import Refund
from ...storage import charges as charge_rows
from ...storage import payment_intents as intent_rows
from ...storage import refunds as refund_rows
from ..recorder import Recorder
from . import rows


async def settle(recorder: Recorder, attempt: Attempt, outcome: Outcome) -> None:
    """Pay the reserved amount out, release it, or keep it reserved while nothing is known."""
    intent, charge, refund = await rows.refund(recorder.tx, attempt)
    match outcome:
        case Succeeded():
            await _change(recorder, refund, refunds.move(refund, "succeeded"), "refund.processed")
            await _charge(recorder, charge, charges.refund_done(charge, refund.amount))
            await _intent(recorder, intent, payment_intents.refunded(intent, refund.amount))
            await recorder.post(refund, "refund_paid", refund.amount, refund.currency)
        case Failed():
            await _change(recorder, refund, refunds.failed(refund, outcome.code), "refund.failed")
            await _charge(recorder, charge, charges.refund_released(charge, refund.amount))
            await recorder.post(refund, "refund_released", refund.amount, refund.currency)
        case Pending() | Unknown() | NotSent():
            if attempt.polls == 0:
                await _change(recorder, refund, refund, "refund.updated")


async def took_back(recorder: Recorder, attempt: Attempt, outcome: Failed) -> bool:
    """A refund that succeeded came back: the money is with the merchant again. False if it had not succeeded."""
    intent, charge, refund = await rows.refund(recorder.tx, attempt)
    if refund.status != "succeeded":
        return False
    await _change(recorder, refund, refunds.failed(refund, outcome.code), "refund.failed")
    await _charge(recorder, charge, charges.refund_returned(charge, refund.amount))
    await _intent(recorder, intent, payment_intents.refunded(intent, -refund.amount))
    await recorder.post(refund, "refund_returned", refund.amount, refund.currency)
    return True


async def _change(recorder: Recorder, before: Refund, after: Refund, event: str) -> None:
    await recorder.change(refund_rows.TABLE, refunds.view, before, after, event)


async def _charge(recorder: Recorder, before: Charge, after: Charge) -> None:
    await recorder.change(charge_rows.TABLE, charges.view, before, after)


async def _intent(recorder: Recorder, before: PaymentIntent, after: PaymentIntent) -> None:
    await recorder.change(intent_rows.TABLE, payment_intents.view, before, after)
