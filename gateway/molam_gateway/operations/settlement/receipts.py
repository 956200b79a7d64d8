"""Counts each receipt of money that came in once, however many ways the provider has to tell of it."""

from dataclasses import replace

from ...domain.attempts import COLLECTING, Attempt
from ...domain.operator_cases import CaseKind, Resolution
from ...domain.times import milliseconds
from ...storage import operator_cases
from ...storage import receipts as rows
from ..recorder import Recorder

MATCHED = "suspense_matched"
"""The journal's reason for money that leaves suspense since it turned out to be a payment's."""


class CountedError(Exception):
    """The receipt stands for money that is counted already, as that of `owner`."""

    def __init__(self, receipt: str, owner: str) -> None:
        super().__init__(f"{receipt} is counted already, for {owner}")
        self.receipt = receipt
        self.owner = owner


def counts_once(recorder: Recorder, attempt: Attempt, receipt: str) -> bool:
    """Whether the money of this attempt can be told of in two ways, and this is the name that both have for it."""
    provider = recorder.services.providers.get(attempt.provider)
    told_twice = provider.capabilities.customer_initiated and attempt.kind in COLLECTING
    return told_twice and attempt.configuration is not None and attempt.is_receipt(receipt)


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
