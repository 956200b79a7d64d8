"""Settles the outcome of any attempt."""

from ...domain.attempts import Attempt, AttemptKind
from ...domain.outcomes import Outcome
from ..recorder import Recorder
from . import capture, charge, payout, refund, void


async def settle(recorder: Recorder, attempt: Attempt, outcome: Outcome) -> None:
    """Bring the objects to where the outcome puts them."""
    match AttemptKind(attempt.kind):
        case AttemptKind.CHARGE | AttemptKind.AUTHORIZE:
            await charge.settle(recorder, attempt, outcome)
        case AttemptKind.CAPTURE:
            await capture.settle(recorder, attempt, outcome)
        case AttemptKind.VOID if attempt.payment_intent is None:
            await void.settle_payout(recorder, attempt, outcome)
        case AttemptKind.VOID:
            await void.settle_payment(recorder, attempt, outcome)
        case AttemptKind.REFUND:
            await refund.settle(recorder, attempt, outcome)
        case AttemptKind.PAYOUT:
            await payout.settle(recorder, attempt, outcome)
