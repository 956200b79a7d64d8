"""Settles the outcome of calling a payment or a payout off."""

from dataclasses import replace

from ...domain import charges, payment_intents, payouts
from ...domain.attempts import TOO_LATE, Attempt, Slot
from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ...domain.payment_intents import PaymentIntent
from ...domain.times import milliseconds
from ...storage import attempts, jobs, operator_cases
from ...storage import charges as charge_rows
from ...storage import payment_intents as intent_rows
from ...storage import payouts as payout_rows
from ..recorder import Recorder
from . import rows


async def settle_payment(recorder: Recorder, attempt: Attempt, outcome: Outcome) -> None:
    """Release what was held or asked for, or go on as if nothing had been said."""
    intent, charge = await rows.payment(recorder.tx, attempt)
    match outcome:
        case Succeeded():
            await _withdraw(recorder, charge.id)
            await recorder.change(charge_rows.TABLE, charges.view, charge, charges.move(charge, "canceled"))
            expired = intent.cancellation_reason is None and _is_over(recorder, intent.expires_at)
            canceled = payment_intents.canceled(intent, intent.cancellation_reason, "expired" if expired else None)
            await recorder.change(intent_rows.TABLE, payment_intents.view, intent, canceled, "payment_intent.canceled")
        case Failed():
            await recorder.change(intent_rows.TABLE, payment_intents.view, intent, _kept(intent))
            await _ask_soon(recorder, charge.id)
        case Pending() | Unknown() | NotSent():
            await recorder.change(intent_rows.TABLE, payment_intents.view, intent, payment_intents.in_doubt(intent))


async def settle_payout(recorder: Recorder, attempt: Attempt, outcome: Outcome) -> None:
    """Give the money back to the balance, or let the payout go its way."""
    payout = await rows.payout(recorder.tx, attempt)
    match outcome:
        case Succeeded():
            await _withdraw(recorder, payout.id)
            canceled = payouts.move(payout, "canceled")
            await recorder.change(payout_rows.TABLE, payouts.view, payout, canceled, "payout.canceled")
            await recorder.post(payout, "payout_released", payout.amount, payout.currency)
        case Failed():
            await _ask_soon(recorder, payout.id)
        case Pending() | Unknown() | NotSent():
            pass


async def close(recorder: Recorder, void: Attempt) -> None:
    """End a void that came too late: the money of what it was to call off has moved.

    Should the provider say that it was carried out all the same, that is a contradiction for people.
    """
    closed = await attempts.close_void(recorder.tx, void.id, TOO_LATE, recorder.now)
    if closed is None:
        return
    await recorder.note(attempts.TABLE, void, closed)
    await jobs.cancel(recorder.tx, attempts.RECONCILE, void.id)
    await operator_cases.close_parked(recorder.tx, void.id, closed.state, milliseconds(recorder.now))
    if void.payment_intent is not None:
        intent, _ = await rows.payment(recorder.tx, void)
        await recorder.change(intent_rows.TABLE, payment_intents.view, intent, _kept(intent))


async def give_up(recorder: Recorder, attempt: Attempt, token: str) -> bool:
    """Cancel an expired intent that nobody has paid; False if the lease was lost to somebody who knows more.

    The provider may still be paid: then the money is kept as that of a payment that was called off.
    """
    await rows.lock_root(recorder.tx, attempt)
    written = await attempts.conclude(recorder.tx, attempt.id, token=token, state="canceled", now=recorder.now)
    if written is None:
        return False
    await recorder.note(attempts.TABLE, attempt, written)
    await jobs.cancel(recorder.tx, attempts.RECONCILE, attempt.id)
    await operator_cases.close_parked(recorder.tx, attempt.id, written.state, milliseconds(recorder.now))
    intent, charge = await rows.payment(recorder.tx, attempt)
    await recorder.change(charge_rows.TABLE, charges.view, charge, charges.move(charge, "canceled"))
    canceled = payment_intents.canceled(intent, None, "expired")
    await recorder.change(intent_rows.TABLE, payment_intents.view, intent, canceled, "payment_intent.canceled")
    return True


async def _withdraw(recorder: Recorder, subject: str) -> None:
    attempt = await attempts.find_open(recorder.tx, subject, Slot.OUTCOME)
    if attempt is not None:
        await attempts.withdraw(recorder.tx, subject, Slot.OUTCOME, now=recorder.now)
        await jobs.cancel(recorder.tx, attempts.RECONCILE, attempt.id)


async def _ask_soon(recorder: Recorder, subject: str) -> None:
    """It was too late to call it off: what happened instead is to be found out now."""
    attempt = await attempts.find_open(recorder.tx, subject, Slot.OUTCOME)
    if attempt is not None:
        await recorder.schedule(attempts.RECONCILE, attempt.id, recorder.now)


def _kept(intent: PaymentIntent) -> PaymentIntent:
    """The intent as if nobody had tried to cancel it."""
    return replace(intent, cancellation_reason=None, status_reason=None)


def _is_over(recorder: Recorder, moment: int | None) -> bool:
    return moment is not None and moment <= milliseconds(recorder.now)
