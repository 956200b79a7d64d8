"""Handles what a provider says of an attempt that has its outcome already: every final state with every outcome."""

import logging
from dataclasses import replace

from ...domain import charges, payment_intents
from ...domain.attempts import COLLECTING, MOVING, Attempt, AttemptKind, Final
from ...domain.operator_cases import CaseKind, Suspended
from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ...storage import attempts, operator_cases
from ...storage import charges as charge_rows
from ...storage import payment_intents as intent_rows
from ..cases import open_case
from ..recorder import Recorder
from . import payout, refund, rows
from .late import attach
from .receipts import COUNTED, CountedError, count
from .rewriting import rewrite

_ARRIVED = "anomaly"
_LEFT = "anomaly_outgoing"

logger = logging.getLogger("molam_gateway.anomalies")


async def revise(recorder: Recorder, attempt: Attempt, outcome: Outcome, *, proven: bool = True) -> None:
    """Take back what came back, take in what was paid after all, and keep every other contradiction for people.

    `proven` is False for what only a message says that nobody signed: no money moves back by that.
    """
    await rows.lock_root(recorder.tx, attempt)
    current = await attempts.find(recorder.tx, attempt.id)
    if current.open:
        return
    match outcome:
        case Succeeded():
            await _carried_out(recorder, current, outcome)
        case Failed():
            await _undone(recorder, current, outcome, proven=proven)
        case Pending() | Unknown() | NotSent():
            pass


async def _carried_out(recorder: Recorder, attempt: Attempt, outcome: Succeeded) -> None:
    collecting = attempt.kind in COLLECTING
    match Final(attempt.state):
        case Final.SUCCEEDED if attempt.kind not in MOVING or not await _is_new(recorder, attempt, outcome):
            pass
        case Final.SUCCEEDED:
            if not await _counted(recorder, attempt, outcome.transaction_id):
                return
            detail = f"{attempt.kind} succeeded as {attempt.transaction_id}, and again as {outcome.transaction_id}"
            await _suspend(recorder, attempt, outcome.transaction_id, detail, _ARRIVED if collecting else _LEFT)
        case Final.FAILED | Final.CANCELED as state if attempt.kind not in MOVING:
            await contradict(recorder, attempt, "succeeded", f"{attempt.kind} was {state}, then carried out")
        case Final.FAILED | Final.CANCELED as state:
            if not await _is_new(recorder, attempt, outcome):
                return
            if not await _counted(recorder, attempt, outcome.transaction_id):
                return
            charge = await attach(recorder, attempt, outcome.transaction_id, outcome.details)
            if charge is not None:
                await recorder.post(charge, "capture", attempt.amount, attempt.currency)
                return
            detail = f"{attempt.kind} was {state}, then the provider carried it out"
            await _suspend(recorder, attempt, outcome.transaction_id, detail, _ARRIVED if collecting else _LEFT)


async def _undone(recorder: Recorder, attempt: Attempt, outcome: Failed, *, proven: bool) -> None:
    match Final(attempt.state):
        case Final.FAILED | Final.CANCELED:
            pass
        case Final.SUCCEEDED if await attempts.called_off(recorder.tx, attempt.subject):
            pass
        case Final.SUCCEEDED if not proven:
            detail = f"{attempt.kind} succeeded, then a message that nobody signed said {outcome.code}"
            await contradict(recorder, attempt, "said_to_have_failed", detail)
        case Final.SUCCEEDED if await _took_back(recorder, attempt, outcome):
            await rewrite(recorder, attempt, Final.FAILED, attempt.transaction_id, outcome.code)
        case Final.SUCCEEDED:
            detail = f"{attempt.kind} succeeded, then the provider said {outcome.code}"
            money = None
            if attempt.kind in MOVING:
                money = _money(attempt, None, _LEFT if attempt.kind in COLLECTING else _ARRIVED)
            await contradict(recorder, attempt, "failed", detail, money)


async def _took_back(recorder: Recorder, attempt: Attempt, outcome: Failed) -> bool:
    kind = AttemptKind(attempt.kind)
    if kind not in recorder.services.providers.get(attempt.provider).capabilities.comes_back:
        return False
    match kind:
        case AttemptKind.REFUND:
            return await refund.took_back(recorder, attempt, outcome)
        case AttemptKind.PAYOUT:
            return await payout.came_back(recorder, attempt, outcome)
        case AttemptKind.CHARGE | AttemptKind.AUTHORIZE | AttemptKind.CAPTURE | AttemptKind.VOID:
            return False


async def _is_new(recorder: Recorder, attempt: Attempt, outcome: Succeeded) -> bool:
    """Whether this is money that nothing is known of yet; a receipt takes the place of the mere name that stood for it.

    The name of the attempt itself (its handle, our reference) says nothing new about money that is known.
    """
    cases = [each for each in await operator_cases.contradictions(recorder.tx, attempt.id) if each.suspended]
    succeeded = attempt.state == Final.SUCCEEDED
    known = [each.transaction_id for each in cases] + ([attempt.transaction_id] if succeeded else [])
    receipt = outcome.transaction_id
    if receipt in known:
        return False
    if not attempt.is_receipt(receipt):
        return not known
    if succeeded and not attempt.is_receipt(attempt.transaction_id):
        if not await _counted(recorder, attempt, receipt):
            return False
        await rewrite(recorder, attempt, Final.SUCCEEDED, receipt)
        if attempt.kind in COLLECTING:
            _, charge = await rows.payment(recorder.tx, attempt)
            after = charges.receipted(charge, receipt, outcome.details)
            await recorder.change(charge_rows.TABLE, charges.view, charge, after)
        return False
    nameless = next((each for each in cases if not attempt.is_receipt(each.transaction_id)), None)
    if nameless is None:
        return True
    if not await _counted(recorder, attempt, receipt):
        return False
    await operator_cases.TABLE.update(recorder.tx, replace(nameless, transaction_id=receipt), recorder.now)
    return False


async def _counted(recorder: Recorder, attempt: Attempt, receipt: str) -> bool:
    """Count a receipt for an attempt; False, with a case, if its money is counted elsewhere."""
    try:
        await count(recorder, attempt, receipt)
    except CountedError as error:
        await contradict(recorder, attempt, f"{COUNTED}{receipt}", str(error))
        return False
    return True


def _money(attempt: Attempt, transaction_id: str | None, reason: str) -> Suspended:
    return Suspended(attempt.amount, attempt.currency, reason, transaction_id)


async def _suspend(recorder: Recorder, attempt: Attempt, transaction_id: str, detail: str, reason: str) -> None:
    """Money that moved against the outcome is kept in suspense."""
    await contradict(recorder, attempt, transaction_id, detail, _money(attempt, transaction_id, reason))


async def contradict(
    recorder: Recorder, attempt: Attempt, fact: str, detail: str, money: Suspended | None = None
) -> None:
    """Open a case for one fact about an attempt whose intent or payout is locked, and tell of it."""
    opened = await open_case(
        recorder,
        CaseKind.CONTRADICTION,
        f"{attempt.id}:{fact}",
        account_id=attempt.account_id,
        livemode=attempt.livemode,
        provider=attempt.provider,
        payment_intent=attempt.payment_intent,
        detail=detail,
        attempt=attempt.id,
        money=money,
    )
    if opened is None:
        return
    logger.error("%s of %s: %s", attempt.id, attempt.subject, detail)
    if attempt.payment_intent is not None:
        intent = await rows.locked(recorder.tx, intent_rows.TABLE, attempt.payment_intent)
        await recorder.change(intent_rows.TABLE, payment_intents.view, intent, intent, "payment_intent.anomaly")
