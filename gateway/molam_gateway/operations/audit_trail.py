"""What the audit trail holds about some objects, for those who show one payment's history."""

from collections.abc import Sequence

from ..domain.audit.entry import view
from ..storage import audit_logs
from ..storage.port import Reader


async def trail(reader: Reader, account_id: str, livemode: bool, object_ids: Sequence[str]) -> list[dict[str, object]]:
    """The entries about these objects of an account, the oldest first, in their API form.

    For one payment name its intent, its charges, its refunds and its attempts.
    """
    found = await audit_logs.of_objects(reader, account_id, livemode, object_ids)
    return [view(entry) for entry in found]
