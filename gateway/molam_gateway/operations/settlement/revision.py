"""Handles what a provider says of an attempt that has its outcome already."""

import logging

from ...domain import payment_intents
from ...domain.attempts import Attempt, AttemptKind
from ...domain.operator_cases import CaseKind
from ...domain.outcomes import Failed, Outcome, Succeeded
from ...storage import attempts
from ...storage import payment_intents as intent_rows
from ..cases import open_case
from ..recorder import Recorder
from . import payout, refund, rows

_COLLECTING = frozenset({AttemptKind.CHARGE, AttemptKind.CAPTURE})
_MOVING = _COLLECTING | {AttemptKind.REFUND, AttemptKind.PAYOUT}

logger = logging.getLogger("molam_gateway.anomalies")


async def revise(recorder: Recorder, attempt: Attempt, outcome: Outcome) -> None:
    """Undo refunds and payouts that came back; keep every other contradiction for people to decide."""
    await rows.lock_root(recorder.tx, attempt)
    match outcome:
        case Failed() if attempt.state == "succeeded" and attempt.kind == AttemptKind.REFUND:
            await refund.took_back(recorder, attempt, outcome)
        case Failed() if attempt.state == "succeeded" and attempt.kind == AttemptKind.PAYOUT:
            await payout.came_back(recorder, attempt, outcome)
        case Failed() if attempt.state == "succeeded" and not await attempts.called_off(recorder.tx, attempt.subject):
            detail = f"{attempt.kind} succeeded, then the provider said {outcome.code}"
            await _anomaly(recorder, attempt, detail, arrived=False)
        case Succeeded() if attempt.state in {"failed", "canceled"}:
            detail = f"{attempt.kind} was {attempt.state}, then the provider carried it out"
            await _anomaly(recorder, attempt, detail, arrived=attempt.kind in _COLLECTING)
        case _:
            pass


async def _anomaly(recorder: Recorder, attempt: Attempt, detail: str, *, arrived: bool) -> None:
    """Final states do not change; money that arrived or left all the same is kept in suspense."""
    opened = await open_case(
        recorder,
        CaseKind.CONTRADICTION,
        attempt.id,
        account_id=attempt.account_id,
        livemode=attempt.livemode,
        provider=attempt.provider,
        payment_intent=attempt.payment_intent,
        detail=detail,
    )
    if not opened:
        return
    logger.error("%s of %s: %s", attempt.id, attempt.subject, detail)
    if attempt.kind in _MOVING:
        reason = "anomaly" if arrived else "anomaly_outgoing"
        await recorder.post(attempt, reason, attempt.amount, attempt.currency)
    if attempt.payment_intent is not None:
        intent = await rows.locked(recorder.tx, intent_rows.TABLE, attempt.payment_intent)
        await recorder.change(intent_rows.TABLE, payment_intents.view, intent, intent, "payment_intent.anomaly")
