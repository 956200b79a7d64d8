"""Money given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import async_front_door, front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from molam_api.models import Refund
    from molam_sdk._calls.async_caller import AsyncCaller
    from molam_sdk._calls.pagination import AsyncPages


class AsyncRefunds:
    """Methods of `client.refunds`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def create(
        self,
        charge_id: str,
        *,
        amount: int | None = None,
        reason: str | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Refund:
        """Give back money of a charge.

        Args:
            charge_id: Id of the charge, or of its payment intent.
            amount: Minor units of the charge's currency; everything that remains without it.
            reason: Why, in your words.
            metadata: Up to 50 strings of your own.
            idempotency_key: Your key for this refund; made if there is none.

        Returns:
            The refund; it may still be `processing`.

        Raises:
            ConflictError: If it exceeds what was captured (`refund_exceeds_captured`), or nothing
                is left (`already_refunded`).
            MolamError: As every call does.
        """
        from molam_api.api.refunds import create_refund
        from molam_api.models import CreateRefundRequest

        return await self._caller.call(
            create_refund,
            charge_id,
            body=CreateRefundRequest(
                amount=arguments.minor_units(amount, "amount"),
                reason=arguments.given(reason),
                metadata=arguments.metadata(metadata),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @async_front_door
    async def retrieve(self, refund_id: str) -> Refund:
        """Return a refund as it is now.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.refunds import retrieve_refund

        return await self._caller.call(retrieve_refund, refund_id)

    @front_door
    def list(
        self,
        *,
        payment_intent: str | None = None,
        charge: str | None = None,
        status: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        created_at_gte: datetime | str | None = None,
        created_at_lte: datetime | str | None = None,
    ) -> AsyncPages[Refund]:
        """List refunds, newest first.

        Args:
            payment_intent: Only those of this payment intent.
            charge: Only those of this charge.
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
        from molam_api.api.refunds import list_refunds
        from molam_api.models import RefundStatus
        from molam_sdk._calls.pagination import AsyncPages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_refunds, **filters)

        return AsyncPages(
            fetch,
            payment_intent=payment_intent,
            charge=charge,
            status=arguments.word(RefundStatus, status, "status"),
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=arguments.time(created_at_gte, "created_at_gte"),
            created_at_lte=arguments.time(created_at_lte, "created_at_lte"),
        )
