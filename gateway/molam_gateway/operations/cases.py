"""Opens cases for people to decide."""

from ..domain.operator_cases import CaseKind, OperatorCase
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
) -> bool:
    """Open a case, once per kind and subject; False if it is known already."""
    now = milliseconds(recorder.now)
    return await operator_cases.insert(
        recorder.tx,
        OperatorCase(
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
        ),
    )
