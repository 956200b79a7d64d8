"""The audit trail as its account reads and verifies it."""

from ..domain.audit.entry import view
from ..domain.call import Answer, Call
from ..services import Services
from ..storage.audit_logs import TABLE
from .audit_verification import Verification, verify_chain
from .auditing import ring
from .listing import list_objects


async def list_audit_logs(services: Services, call: Call) -> Answer:
    """Entries, newest first."""
    return await list_objects(services, call, TABLE, view, "/v1/audit_logs")


async def verify_audit_log(services: Services, call: Call) -> Answer:
    """Walk the account's chain from its first entry to its end and say where it breaks first."""
    found = await verify_chain(services.store, ring(services), call.account.id, call.account.livemode)
    return Answer(200, _document(found))


def _document(found: Verification) -> dict[str, object]:
    broken, head = found.first_break, found.head
    return {
        "object": "audit_verification",
        "livemode": found.livemode,
        "verified": broken is None,
        "entries": found.entries,
        "unsealed": found.unsealed,
        "first_break": None
        if broken is None
        else {"audit_log": broken.audit_log, "sequence": broken.sequence, "reason": broken.reason},
        "head": None if head is None else {"sequence": head.sequence, "hash": head.mac},
    }
