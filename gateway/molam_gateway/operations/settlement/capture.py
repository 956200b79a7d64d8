"""Settles the outcome of capturing an authorized payment."""

from ...domain import payment_intents
from ...domain.attempts import Attempt
from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ...domain.payment_intents import PaymentIntent
from ...storage import payment_intents as intent_rows
from ..recorder import Recorder
from . import rows
from .charge import collected, last_error


async def settle(recorder: Recorder, attempt: Attempt, outcome: Outcome) -> None:
    """Collect the money, or leave it held."""
    intent, charge = await rows.payment(recorder.tx, attempt)
    match outcome:
        case Succeeded():
            await collected(recorder, intent, charge, attempt.amount, outcome)
        case Failed():
            await _change(recorder, intent, payment_intents.capture_refused(intent, last_error(outcome)))
        case Pending() | Unknown() | NotSent():
            await _change(recorder, intent, payment_intents.in_doubt(intent))


async def _change(recorder: Recorder, before: PaymentIntent, after: PaymentIntent) -> None:
    await recorder.change(intent_rows.TABLE, payment_intents.view, before, after)
