"""Settles the outcome of a payout."""

from ...domain import payouts
from ...domain.attempts import Attempt
from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ...domain.payouts import Payout
from ...domain.times import milliseconds
from ...storage import payouts as payout_rows
from ..recorder import Recorder
from . import rows


async def settle(recorder: Recorder, attempt: Attempt, outcome: Outcome) -> None:
    """Pay the reserved amount out, release it, or keep it reserved while nothing is known."""
    payout = await rows.payout(recorder.tx, attempt)
    match outcome:
        case Succeeded():
            arrived = payouts.arrived(payout, milliseconds(recorder.now))
            await _change(recorder, payout, arrived, "payout.succeeded")
            await recorder.post(payout, "payout_paid", payout.amount, payout.currency)
        case Failed():
            failed = payouts.failed(payout, outcome.code, outcome.message)
            await _change(recorder, payout, failed, "payout.failed")
            await recorder.post(payout, "payout_released", payout.amount, payout.currency)
        case Pending(queued=True):
            pass
        case Pending() | Unknown() | NotSent():
            if payout.status == "pending":
                await _change(recorder, payout, payouts.begun(payout), "payout.processing")


async def came_back(recorder: Recorder, attempt: Attempt, outcome: Failed) -> bool:
    """A payout that succeeded was reversed: the money is available again. False if it had not succeeded."""
    payout = await rows.payout(recorder.tx, attempt)
    if payout.status != "succeeded":
        return False
    reversed_ = payouts.came_back(payout, outcome.code, outcome.message)
    await _change(recorder, payout, reversed_, "payout.reversed")
    await recorder.post(payout, "payout_returned", payout.amount, payout.currency)
    return True


async def _change(recorder: Recorder, before: Payout, after: Payout, event: str) -> None:
    await recorder.change(payout_rows.TABLE, payouts.view, before, after, event)
