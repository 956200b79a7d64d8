"""What people have to decide: attempts nobody can answer for, contradictions, money and messages without an owner."""

from dataclasses import dataclass, replace
from enum import StrEnum

from .problems import ProblemError, Resource
from .times import rfc3339, rfc3339_or_none


class CaseKind(StrEnum):
    """Why there is a case; its subject is a fact about an attempt, or (for the last two) a message of a provider."""

    CONTRADICTION = "contradiction"
    PARKED = "parked"
    UNMATCHED_MONEY = "unmatched_money"
    ORPHAN = "orphan"


class Resolution(StrEnum):
    """What an operator may decide: what became of an attempt, or where the money in suspense belongs."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ATTACHED = "attached"
    BOOKED = "booked"
    RETURNED = "returned"


ENTERED = frozenset({"anomaly", "received_unmatched"})
"""The journal's reasons for money in suspense that came in; other money of cases is missing."""


@dataclass(frozen=True, slots=True)
class Suspended:
    """Money in suspense: `posted` is the journal's reason, `transaction_id` the provider's receipt if it is known."""

    amount: int
    currency: str
    posted: str
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class OperatorCase:
    """A row of the operator_cases table; `evidence` is what the operator relied on, say a receipt number.

    `attempt` is whose outcome is in question. The members of `Suspended` are set while money waits for the decision.
    """

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
    attempt: str | None = None
    amount: int | None = None
    currency: str | None = None
    posted: str | None = None
    transaction_id: str | None = None

    @property
    def suspended(self) -> Suspended | None:
        """The money that the case is about, if there is any."""
        if self.amount is None or self.currency is None or self.posted is None:
            return None
        return Suspended(self.amount, self.currency, self.posted, self.transaction_id)


def resolutions(case: OperatorCase) -> tuple[Resolution, ...]:
    """What may be decided about a case."""
    money = case.suspended
    if money is None:
        return Resolution.SUCCEEDED, Resolution.FAILED
    if money.posted in ENTERED and case.attempt is not None:
        return Resolution.ATTACHED, Resolution.BOOKED, Resolution.RETURNED
    return Resolution.BOOKED, Resolution.RETURNED


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
        "amount": case.amount,
        "currency": case.currency,
        "transaction_id": case.transaction_id,
        "status": case.status,
        "resolution": case.resolution,
        "evidence": case.evidence,
        "resolved_by": case.resolved_by,
        "resolved_at": rfc3339_or_none(case.resolved_at),
        "created_at": rfc3339(case.created_at),
    }
