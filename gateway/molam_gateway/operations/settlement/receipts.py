"""Counts each receipt of money that came in once, however many ways the provider has to tell of it."""

from dataclasses import replace

from ...domain.attempts import COLLECTING, Attempt
from ...domain.operator_cases import CaseKind, Resolution
from ...domain.outcomes import Failed, Outcome, Succeeded
from ...domain.times import milliseconds
from ...storage import operator_cases
from ...storage import receipts as rows
from ..recorder import Recorder

MATCHED = "suspense_matched"
"""The journal's reason for money that leaves suspense since it turned out to be a payment's."""


COUNTED = "receipt:"
"""How the fact begins that a receipt an attempt is said to be paid by is counted elsewhere."""


class CountedError(Exception):
    """The receipt stands for money that is counted already, as that of `owner`."""

    def __init__(self, receipt: str, owner: str) -> None:
        super().__init__(f"{receipt} is counted already, for {owner}")
        self.receipt = receipt
        self.owner = owner


def counts_once(recorder: Recorder, attempt: Attempt, receipt: str) -> bool:
    """Whether the money of this attempt can be told of in two ways, and this is the name that both have for it."""
    return _told_twice(recorder, attempt) and attempt.is_receipt(receipt)


async def disputed(recorder: Recorder, attempt: Attempt, outcome: Outcome, *, by_people: bool) -> bool:
    """Whether an attempt that a counted receipt was told for must not end by this outcome.

    A receipt of its own ends it. Without one, that it was paid is nothing but what the counted receipt says, so people
    decide, who have to close the case about the receipt before they may say that it was paid by other money.
    """
    if not isinstance(outcome, Succeeded | Failed) or not _told_twice(recorder, attempt):
        return False
    paid = isinstance(outcome, Succeeded)
    if isinstance(outcome, Succeeded):
        if outcome.transaction_id != outcome.handle and attempt.is_receipt(outcome.transaction_id):
            return False
    elif by_people:
        return False
    about = [
        each
        for each in await operator_cases.contradictions(recorder.tx, attempt.id)
        if each.subject.startswith(f"{attempt.id}:{COUNTED}")
    ]
    return any(each.status == "open" or (paid and not by_people) for each in about)


async def count(recorder: Recorder, attempt: Attempt, receipt: str) -> None:
    """Count a receipt for an attempt; money in suspense that nobody had been found to await leaves it for the attempt.

    Raises CountedError.
    """
    if attempt.configuration is None or not counts_once(recorder, attempt, receipt):
        return
    owner = await rows.take(recorder.tx, attempt.configuration, receipt, attempt.id, recorder.now)
    if owner == attempt.id:
        return
    if not await _matched(recorder, attempt, owner):
        raise CountedError(receipt, owner)
    await rows.hand_over(recorder.tx, attempt.configuration, receipt, owner, attempt.id)


async def _matched(recorder: Recorder, attempt: Attempt, message: str) -> bool:
    """Close the open case about money that is the attempt's, emptying suspense; False if there is no such case."""
    case = await operator_cases.of_subject(recorder.tx, CaseKind.UNMATCHED_MONEY, message)
    money = None if case is None else case.suspended
    if case is None or case.status != "open" or money is None:
        return False
    if (money.amount, money.currency) != (attempt.amount, attempt.currency):
        return False
    now = milliseconds(recorder.now)
    closed = replace(
        case,
        status="resolved",
        resolution=Resolution.ATTACHED,
        resolved_by="provider",
        resolved_at=now,
        payment_intent=attempt.payment_intent,
    )
    written = await operator_cases.TABLE.update(recorder.tx, closed, recorder.now)
    await recorder.note(operator_cases.TABLE, case, written)
    await recorder.post(case, MATCHED, money.amount, money.currency)
    return True


def _told_twice(recorder: Recorder, attempt: Attempt) -> bool:
    capabilities = recorder.services.providers.get(attempt.provider).capabilities
    return capabilities.customer_initiated and attempt.kind in COLLECTING and attempt.configuration is not None
