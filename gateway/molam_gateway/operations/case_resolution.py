"""Lets an operator decide what the gateway could not find out, through the same guarded path as any outcome."""

import re
from datetime import datetime

from ..domain.attempts import AttemptKind
from ..domain.audit.actors import Actor
from ..domain.card_data import contains_card_number
from ..domain.operator_cases import ENTERED, CaseKind, OperatorCase, Resolution, resolutions, resolved
from ..domain.outcomes import Failed, Outcome, Succeeded
from ..domain.parking import UNKNOWN_FOR
from ..domain.problems import ProblemError, Resource
from ..domain.times import milliseconds
from ..services import Services
from ..storage import attempts
from ..storage.operator_cases import TABLE
from ..storage.port import Transaction
from .finding import missing
from .inquiry import take_lease, write_down
from .recorder import Recorder, recorder
from .settlement.late import attach
from .settlement.rows import lock_root

RECEIPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
"""What may become a provider_transaction_id, which is sent to the provider again when money goes back."""

BY_OPERATOR = "resolved_by_operator"
"""The failure code of what an operator found not to have happened."""


async def resolve_case(
    services: Services,
    case_id: str,
    resolution: str,
    evidence: str,
    operator: str,
    *,
    receipt: str | None = None,
    force: bool = False,
) -> OperatorCase:
    """Close a case.

    A parked attempt is settled as `succeeded` (by the provider's `receipt`, if it is known) or `failed`; `evidence` is
    prose that stays in the case and the audit trail. Money in suspense is `attached` to the payment that it was for, if
    that is still unpaid, `booked` to the merchant's balance (what is missing: from it), or was `returned` to where it
    came from. What no payment waited for is not `booked` without `force` while it may be the money of a payment without
    a receipt. Raises parameter_invalid for what is no receipt, resource_missing, invalid_state for a closed case,
    a resolution that does not suit or an attempt that has settled otherwise, and payment_in_flight
    while somebody else may settle it.
    """
    chosen = Resolution(resolution)
    _check_receipt(chosen, receipt)
    async with services.store.reading() as reader:
        row = await reader.fetch_one(TABLE.select_sql, {"id": case_id})
    if row is None:
        raise missing("operator_cases", case_id)
    case = TABLE.read(row)
    now = services.clock.now()
    _decided(case, chosen, evidence, operator, now)
    if chosen == Resolution.BOOKED and case.kind == CaseKind.UNMATCHED_MONEY and not force:
        await _refuse_second_credit(services, case)
    token = services.ids.new("lease", services.clock.real_now())
    leased = case.kind == CaseKind.PARKED and await _leased(services, case, token)
    try:
        async with services.store.transaction() as tx:
            return await _resolve(services, tx, case, token, (chosen, evidence, operator), receipt)
    except BaseException:
        if leased:
            async with services.store.transaction() as tx:
                await attempts.release(tx, case.subject, token=token)
        raise


async def _resolve(
    services: Services,
    tx: Transaction,
    case: OperatorCase,
    token: str,
    decision: tuple[Resolution, str, str],
    receipt: str | None,
) -> OperatorCase:
    chosen, evidence, operator = decision
    if case.attempt is not None:
        await lock_root(tx, await attempts.find(tx, case.attempt))
    before = await TABLE.lock(tx, case.id)
    if before is None:
        raise missing("operator_cases", case.id)
    now = services.clock.now()
    written = await TABLE.update(tx, _decided(before, chosen, evidence, operator, now), now)
    write = recorder(services, tx, None, action="operator_case.resolved", actor=Actor("user", operator))
    await write.note(TABLE, before, written)
    if before.kind == CaseKind.PARKED:
        await _settle(services, tx, before, token, chosen, receipt)
    elif before.suspended is not None:
        await _empty(write, before, chosen, receipt)
    return written


async def _refuse_second_credit(services: Services, case: OperatorCase) -> None:
    """Raises invalid_state if the money may be that of a payment, whose merchant has it by that or will have."""
    money = case.suspended
    if money is None:
        return
    async with services.store.reading() as reader:
        found = await attempts.without_receipt(
            reader,
            (case.account_id, case.livemode, case.provider),
            (money.amount, money.currency),
            case.created_at - int(1000 * UNKNOWN_FOR[AttemptKind.CHARGE]),
            case.created_at,
        )
    if found:
        named = ", ".join(f"{each.payment_intent} ({each.state})" for each in found)
        why = f"may be the money of {named}: find out its receipt, and use force if that is another than this money's"
        raise _unsuitable(case, why)


async def _leased(services: Services, case: OperatorCase, token: str) -> bool:
    """Take the lease on a parked attempt; False if it has its outcome by now. Raises payment_in_flight."""
    if await take_lease(services, case.subject, token):
        return True
    async with services.store.reading() as reader:
        if (await attempts.find(reader, case.subject)).open:
            raise _in_flight(case.id)
    return False


def _decided(case: OperatorCase, chosen: Resolution, evidence: str, operator: str, now: datetime) -> OperatorCase:
    """The case as it is decided. Raises invalid_state if it is closed, or not to be decided in this way."""
    after = resolved(case, chosen, evidence, operator, milliseconds(now))
    if chosen not in resolutions(case):
        raise _unsuitable(case, f"can be resolved as {' or '.join(resolutions(case))}")
    return after


async def _settle(
    services: Services, tx: Transaction, case: OperatorCase, token: str, chosen: Resolution, receipt: str | None
) -> None:
    attempt = await attempts.find(tx, case.subject)
    if not attempt.open:
        if attempt.state != chosen:
            raise _unsuitable(case, f"is about {attempt.id}, which is {attempt.state} by now")
        return
    outcome = _outcome(chosen, receipt or attempt.handle or attempt.provider_reference)
    written = await write_down(services, tx, attempt, token, outcome, None, by_people=True)
    if written is None:
        raise _in_flight(case.id)
    if written.state != chosen:
        why = "a receipt that was told for it is counted already, decide the case about that first"
        raise _unsuitable(
            case, f"is about {attempt.id}: {f'{receipt} is the receipt of other money' if receipt else why}"
        )


async def _empty(write: Recorder, case: OperatorCase, chosen: Resolution, receipt: str | None) -> None:
    """Post the money of a case out of suspense. Raises invalid_state if the payment cannot take it any more."""
    money = case.suspended
    if money is None:
        return
    if chosen == Resolution.ATTACHED and case.attempt is not None:
        attempt = await attempts.find(write.tx, case.attempt)
        named = money.transaction_id or receipt or attempt.handle or attempt.provider_reference
        if await attach(write, attempt, named) is None:
            raise _unsuitable(case, "is about a payment that cannot take the money any more: booked or returned")
    side = "suspense" if money.posted in ENTERED else "missing"
    way = "returned" if chosen == Resolution.RETURNED else "booked"
    await write.post(case, f"{side}_{way}", money.amount, money.currency)


def _check_receipt(chosen: Resolution, receipt: str | None) -> None:
    if receipt is None:
        return
    if RECEIPT.fullmatch(receipt) is None or contains_card_number(receipt):
        raise ProblemError(
            "parameter_invalid",
            "A receipt is the provider's number alone: letters, digits and . _ - : at most 64. Prose is evidence.",
        )
    if chosen not in {Resolution.SUCCEEDED, Resolution.ATTACHED}:
        raise ProblemError("parameter_invalid", f"What is resolved as {chosen} has no receipt.")


def _outcome(chosen: Resolution, transaction_id: str) -> Outcome:
    if chosen == Resolution.SUCCEEDED:
        return Succeeded(transaction_id)
    return Failed(BY_OPERATOR, "An operator found that no money moved.")


def _unsuitable(case: OperatorCase, why: str) -> ProblemError:
    return ProblemError("invalid_state", f"{case.id} {why}.", resource=Resource("operator_case", case.id, case.status))


def _in_flight(case_id: str) -> ProblemError:
    return ProblemError("payment_in_flight", f"Somebody else may settle {case_id} at this moment: repeat this shortly.")
