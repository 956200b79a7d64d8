"""Takes in a payment that was given up and was made all the same, while its intent is still unpaid."""

from collections.abc import Mapping

from ...domain import charges, payment_intents
from ...domain.attempts import Attempt, AttemptKind, Final, Slot
from ...domain.charges import Charge
from ...domain.payment_intents import PaymentIntent
from ...storage import attempts
from ...storage import charges as charge_rows
from ...storage import payment_intents as intent_rows
from ..recorder import Recorder
from . import rows
from .rewriting import rewrite


async def attach(
    recorder: Recorder, attempt: Attempt, transaction_id: str, details: Mapping[str, object] | None = None
) -> Charge | None:
    """The charge as it was paid in the end; None if its intent cannot take the money any more.

    The money is the caller's to post: it comes from the provider, or from suspense.
    """
    if attempt.state != Final.FAILED:
        return None
    taken: Charge | None = None
    match AttemptKind(attempt.kind):
        case AttemptKind.CHARGE:
            taken = await _charged(recorder, attempt, transaction_id, details)
        case AttemptKind.CAPTURE:
            taken = await _captured(recorder, attempt, transaction_id)
        case AttemptKind.AUTHORIZE | AttemptKind.VOID | AttemptKind.REFUND | AttemptKind.PAYOUT:
            pass
    if taken is not None:
        await rewrite(recorder, attempt, Final.SUCCEEDED, transaction_id)
    return taken


async def _charged(
    recorder: Recorder, attempt: Attempt, transaction_id: str, details: Mapping[str, object] | None
) -> Charge | None:
    intent, charge = await rows.payment(recorder.tx, attempt)
    if intent.status != "requires_payment_method" or charge.status != "failed":
        return None
    paid = charges.paid_after_all(charge, attempt.amount, transaction_id, details)
    through = payment_intents.paid_after_all(
        intent, charge.id, charge.provider_reference, charge.payment_method, attempt.amount
    )
    return await _written(recorder, (charge, paid), (intent, through))


async def _captured(recorder: Recorder, attempt: Attempt, transaction_id: str) -> Charge | None:
    intent, charge = await rows.payment(recorder.tx, attempt)
    if intent.status != "requires_capture" or charge.status != "authorized":
        return None
    if await attempts.find_open(recorder.tx, charge.id, Slot.CHANGE):
        return None
    paid = charges.captured(charge, attempt.amount, transaction_id)
    return await _written(recorder, (charge, paid), (intent, payment_intents.paid(intent, attempt.amount)))


async def _written(
    recorder: Recorder, charge: tuple[Charge, Charge], intent: tuple[PaymentIntent, PaymentIntent]
) -> Charge:
    before, paid = intent
    written = await recorder.change(charge_rows.TABLE, charges.view, *charge, "charge.succeeded")
    await recorder.change(intent_rows.TABLE, payment_intents.view, before, paid, "payment_intent.succeeded")
    return written
