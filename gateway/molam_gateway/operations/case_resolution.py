"""Lets an operator decide what the gateway could not find out, through the same guarded path as any outcome."""

from ..domain.audit.actors import Actor
from ..domain.operator_cases import CaseKind, OperatorCase, resolved
from ..domain.outcomes import Failed, Outcome, Succeeded
from ..domain.problems import ProblemError
from ..domain.times import milliseconds
from ..services import Services
from ..storage import attempts
from ..storage.operator_cases import TABLE
from ..storage.port import Transaction
from .finding import missing
from .inquiry import take_lease, write_down
from .recorder import recorder

RESOLUTIONS = ("succeeded", "failed")
BY_OPERATOR = "resolved_by_operator"
"""The failure code of what an operator found not to have happened."""


async def resolve_case(services: Services, case_id: str, resolution: str, evidence: str, operator: str) -> OperatorCase:
    """Close a case; a parked attempt is settled as `succeeded` (`evidence` is the provider's receipt) or `failed`.

    Raises resource_missing, invalid_state for a closed case, payment_in_flight while somebody else may settle it.
    """
    async with services.store.reading() as reader:
        row = await reader.fetch_one(TABLE.select_sql, {"id": case_id})
    if row is None:
        raise missing("operator_cases", case_id)
    token = services.ids.new("lease", services.clock.real_now())
    parked = TABLE.read(row).kind == CaseKind.PARKED
    if parked and not await take_lease(services, str(row["subject"]), token):
        async with services.store.reading() as reader:
            if (await attempts.find(reader, str(row["subject"]))).open:
                raise _in_flight(case_id)
    async with services.store.transaction() as tx:
        before = await TABLE.lock(tx, case_id)
        if before is None:
            raise missing("operator_cases", case_id)
        now = services.clock.now()
        after = resolved(before, resolution, evidence, operator, milliseconds(now))
        written = await TABLE.update(tx, after, now)
        actor = Actor("user", operator)
        write = recorder(services, tx, None, action="operator_case.resolved", actor=actor)
        await write.note(TABLE, before, written)
        if parked:
            await _settle(services, tx, before, token, _outcome(resolution, evidence))
    return written


async def _settle(services: Services, tx: Transaction, case: OperatorCase, token: str, outcome: Outcome) -> None:
    attempt = await attempts.find(tx, case.subject)
    if attempt.open and not await write_down(services, tx, attempt, token, outcome, None):
        raise _in_flight(case.id)


def _outcome(resolution: str, evidence: str) -> Outcome:
    if resolution == "succeeded":
        return Succeeded(evidence)
    return Failed(BY_OPERATOR, "An operator found that no money moved.")


def _in_flight(case_id: str) -> ProblemError:
    return ProblemError("payment_in_flight", f"Somebody else may settle {case_id} at this moment: repeat this shortly.")
