"""What people have to decide: attempts nobody can answer for, contradictions, money and messages without an owner."""

from dataclasses import dataclass, replace
from enum import StrEnum

from .problems import ProblemError, Resource
from .times import rfc3339, rfc3339_or_none


class CaseKind(StrEnum):
    """Why there is a case; its subject is an attempt, or (for the last two) a message of a provider."""

    CONTRADICTION = "contradiction"
    PARKED = "parked"
    UNMATCHED_MONEY = "unmatched_money"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class OperatorCase:
    """A row of the operator_cases table; `evidence` is what the operator relied on, say a receipt number."""

    id: str
    account_id: str
    livemode: bool
    kind: str
    subject: str
    provider: str
    payment_intent: str | None
    detail: str
    status: str
    resolution: str | None
    evidence: str | None
    resolved_by: str | None
    resolved_at: int | None
    created_at: int
    updated_at: int
    sequence: int


def resolved(case: OperatorCase, resolution: str, evidence: str, operator: str, now: int) -> OperatorCase:
    """The case as an operator decided it. Raises invalid_state for one that is resolved already."""
    if case.status != "open":
        raise ProblemError(
            "invalid_state",
            f"{case.id} was resolved as {case.resolution} by {case.resolved_by}.",
            resource=Resource("operator_case", case.id, case.status),
        )
    return replace(
        case, status="resolved", resolution=resolution, evidence=evidence, resolved_by=operator, resolved_at=now
    )


def view(case: OperatorCase) -> dict[str, object]:
    """The form that people read."""
    return {
        "id": case.id,
        "object": "operator_case",
        "account": case.account_id,
        "livemode": case.livemode,
        "kind": case.kind,
        "subject": case.subject,
        "provider": case.provider,
        "payment_intent": case.payment_intent,
        "detail": case.detail,
        "status": case.status,
        "resolution": case.resolution,
        "evidence": case.evidence,
        "resolved_by": case.resolved_by,
        "resolved_at": rfc3339_or_none(case.resolved_at),
        "created_at": rfc3339(case.created_at),
    }
