"""Opens cases for people to decide."""

from ..domain.operator_cases import CaseKind, OperatorCase, Suspended
from ..domain.times import milliseconds
from ..storage import operator_cases
from .recorder import Recorder


async def open_case(
    recorder: Recorder,
    kind: CaseKind,
    subject: str,
    *,
    account_id: str,
    livemode: bool,
    provider: str,
    payment_intent: str | None,
    detail: str,
    attempt: str | None = None,
    money: Suspended | None = None,
) -> OperatorCase | None:
    """Open a case, once per kind and subject, and put its money into suspense; None if it is known already."""
    now = milliseconds(recorder.now)
    case = OperatorCase(
        id=recorder.services.ids.new("oc", recorder.now),
        account_id=account_id,
        livemode=livemode,
        kind=kind,
        subject=subject,
        provider=provider,
        payment_intent=payment_intent,
        detail=detail,
        status="open",
        resolution=None,
        evidence=None,
        resolved_by=None,
        resolved_at=None,
        created_at=now,
        updated_at=now,
        sequence=1,
        attempt=attempt,
        amount=None if money is None else money.amount,
        currency=None if money is None else money.currency,
        posted=None if money is None else money.posted,
        transaction_id=None if money is None else money.transaction_id,
    )
    if not await operator_cases.insert(recorder.tx, case):
        return None
    if money is not None:
        await recorder.post(case, money.posted, money.amount, money.currency)
    return case
