"""The attempts to collect a payment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import async_front_door, front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from datetime import datetime

    from molam_api.models import Charge
    from molam_sdk._calls.async_caller import AsyncCaller
    from molam_sdk._calls.pagination import AsyncPages


class AsyncCharges:
    """Methods of `client.charges`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def retrieve(self, charge_id: str) -> Charge:
        """Return a charge as it is now.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.charges import retrieve_charge

        return await self._caller.call(retrieve_charge, charge_id)

    @front_door
    def list(
        self,
        *,
        payment_intent: str | None = None,
        status: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        created_at_gte: datetime | str | None = None,
        created_at_lte: datetime | str | None = None,
    ) -> AsyncPages[Charge]:
        """List charges, newest first.

        Args:
            payment_intent: Only those of this payment intent.
            status: Only those with this status.
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
        from molam_api.api.charges import list_charges
        from molam_api.models import ChargeStatus
        from molam_sdk._calls.pagination import AsyncPages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_charges, **filters)

        return AsyncPages(
            fetch,
            payment_intent=payment_intent,
            status=arguments.word(ChargeStatus, status, "status"),
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=arguments.time(created_at_gte, "created_at_gte"),
            created_at_lte=arguments.time(created_at_lte, "created_at_lte"),
        )
