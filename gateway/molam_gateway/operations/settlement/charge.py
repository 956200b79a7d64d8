"""Settles the outcome of collecting or authorizing a payment."""

from collections.abc import Mapping

from ...domain import charges, payment_intents
from ...domain.attempts import Attempt, AttemptKind
from ...domain.charges import Charge
from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ...domain.payment_intents import PaymentIntent
from ...storage import charges as charge_rows
from ...storage import payment_intents as intent_rows
from ..recorder import Recorder
from . import rows


async def settle(recorder: Recorder, attempt: Attempt, outcome: Outcome) -> None:
    """Bring the charge and its intent to where the outcome puts them."""
    intent, charge = await rows.payment(recorder.tx, attempt)
    match outcome:
        case Succeeded() if attempt.kind == AttemptKind.AUTHORIZE:
            await _authorized(recorder, intent, charge, outcome)
        case Succeeded():
            await collected(recorder, intent, charge, attempt.amount, outcome)
        case Failed():
            await _failed(recorder, intent, charge, outcome)
        case Pending(next_action=None):
            await _settling(recorder, intent, charge)
        case Pending(next_action=action):
            await _needs_action(recorder, intent, charge, action or {})
        case Unknown() | NotSent():
            await _in_doubt(recorder, intent, charge)


async def collected(recorder: Recorder, intent: PaymentIntent, charge: Charge, amount: int, outcome: Succeeded) -> None:
    """The money is the merchant's."""
    paid = charges.captured(charge, amount, outcome.transaction_id, outcome.details)
    await _charge(recorder, charge, paid, "charge.succeeded")
    await _intent(recorder, intent, payment_intents.paid(intent, amount), "payment_intent.succeeded")
    await recorder.post(charge, "capture", amount, charge.currency)


def last_error(outcome: Failed) -> Mapping[str, object]:
    """How an intent remembers a refusal."""
    return {
        "type": "payment_error",
        "code": outcome.code,
        "decline_code": outcome.decline_code,
        "provider_code": outcome.provider_code,
        "message": outcome.message,
    }


async def _authorized(recorder: Recorder, intent: PaymentIntent, charge: Charge, outcome: Succeeded) -> None:
    await _charge(recorder, charge, charges.authorized(charge, outcome.transaction_id, outcome.details))
    await _intent(recorder, intent, payment_intents.authorized(intent), "payment_intent.amount_capturable_updated")


async def _failed(recorder: Recorder, intent: PaymentIntent, charge: Charge, outcome: Failed) -> None:
    code = outcome.decline_code or outcome.code
    await _charge(recorder, charge, charges.failed(charge, code, outcome.message), "charge.failed")
    await _intent(recorder, intent, payment_intents.declined(intent, last_error(outcome)), "payment_intent.failed")


async def _settling(recorder: Recorder, intent: PaymentIntent, charge: Charge) -> None:
    if charge.status == "pending":
        return
    await _charge(recorder, charge, charges.move(charge, "pending"))
    await _intent(recorder, intent, payment_intents.settling(intent), "payment_intent.processing")


async def _needs_action(
    recorder: Recorder, intent: PaymentIntent, charge: Charge, action: Mapping[str, object]
) -> None:
    if charge.status == "requires_action":
        return
    await _charge(recorder, charge, charges.move(charge, "requires_action"))
    await _intent(recorder, intent, payment_intents.needs_action(intent, action), "payment_intent.requires_action")


async def _in_doubt(recorder: Recorder, intent: PaymentIntent, charge: Charge) -> None:
    """A lost answer leaves an attempt in doubt; a lost answer to a later question changes nothing."""
    if charge.status != "sending":
        return
    await _charge(recorder, charge, charges.move(charge, "unknown"))
    await _intent(recorder, intent, payment_intents.in_doubt(intent), "payment_intent.processing")


async def _charge(recorder: Recorder, before: Charge, after: Charge, event: str | None = None) -> None:
    await recorder.change(charge_rows.TABLE, charges.view, before, after, event)


async def _intent(recorder: Recorder, before: PaymentIntent, after: PaymentIntent, event: str) -> None:
    await recorder.change(intent_rows.TABLE, payment_intents.view, before, after, event)
