# Written by scripts/sync_half from aio/audit_logs.py; edit that file.
"""Who changed what, when and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from datetime import datetime

    from molam_api.models import AuditLog, AuditVerification
    from molam_sdk._calls.caller import Caller
    from molam_sdk._calls.pagination import Pages


class AuditLogs:
    """Methods of `client.audit_logs`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @front_door
    def verify(self) -> AuditVerification:
        """Walk the account's chain of entries and say where it breaks first.

        Keep the `head` of the answer outside of the gateway and compare it later: a chain that was set back as a whole
        shows only there. A long chain takes as long as reading all of its entries, so mind the timeout.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.audit_logs import verify_audit_log

        return self._caller.call(verify_audit_log)

    @front_door
    def list(
        self,
        *,
        resource_id: str | None = None,
        action: str | None = None,
        actor_id: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        created_at_gte: datetime | str | None = None,
        created_at_lte: datetime | str | None = None,
    ) -> Pages[AuditLog]:
        """List the entries of the audit trail, newest first.

        Args:
            resource_id: Only those about this object.
            action: Only those of this action, an operation's id or work of the gateway's own.
            actor_id: Only those of this actor.
            limit: Size of a page (1 to 100), never a total.
            starting_after: Only those after this cursor.
            ending_before: Only those before this cursor.
            created_at_gte: Only those created at or after this time.
            created_at_lte: Only those created at or before this time.

        Returns:
            All items of all pages, fetched as they are needed; `page()` gives the first page.

        Raises:
            ValidationError: For a time without zone, or both cursors.
        """
        from molam_api.api.audit_logs import list_audit_logs
        from molam_sdk._calls.pagination import Pages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_audit_logs, **filters)

        return Pages(
            fetch,
            resource_id=resource_id,
            action=action,
            actor_id=actor_id,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=arguments.time(created_at_gte, "created_at_gte"),
            created_at_lte=arguments.time(created_at_lte, "created_at_lte"),
        )
