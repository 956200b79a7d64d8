"""Money sent out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import async_front_door, front_door
from molam_sdk.money import resolve_amount
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from molam_api.models import BeneficiaryRequest, Payout
    from molam_sdk._calls.async_caller import AsyncCaller
    from molam_sdk._calls.pagination import AsyncPages
    from molam_sdk.money import Money


class AsyncPayouts:
    """Methods of `client.payouts`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def create(
        self,
        *,
        amount: int | Money,
        beneficiary: BeneficiaryRequest | Mapping[str, str | None],
        currency: str | None = None,
        origin_module: str | None = None,
        origin_entity_id: str | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Payout:
        """Send money.

        Args:
            amount: Minor units of `currency`, or a Money.
            beneficiary: Who is to receive it: `type` is `bank_account` (with `account_number` and
                `account_holder`) or `mobile_money` (with `phone`).
            currency: ISO 4217 code; the configured `default_currency` without it.
            origin_module: Part of your system that asks for it.
            origin_entity_id: Your id of what it is for.
            metadata: Up to 50 strings of your own.
            idempotency_key: Your key for this payout; made if there is none.

        Returns:
            The payout; it may still be `pending` or `processing`.

        Raises:
            ConflictError: If the balance is too small (`balance_insufficient`).
            MolamError: As every call does.
        """
        from molam_api.api.payouts import create_payout
        from molam_api.models import BeneficiaryRequest, CreatePayoutRequest

        minor, code = resolve_amount(amount, currency, self._caller.config.default_currency)
        return await self._caller.call(
            create_payout,
            body=CreatePayoutRequest(
                amount=minor,
                currency=code,
                beneficiary=arguments.nested(BeneficiaryRequest, beneficiary, "beneficiary"),
                origin_module=arguments.given(origin_module),
                origin_entity_id=arguments.given(origin_entity_id),
                metadata=arguments.metadata(metadata),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @async_front_door
    async def retrieve(self, payout_id: str) -> Payout:
        """Return a payout as it is now.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.payouts import retrieve_payout

        return await self._caller.call(retrieve_payout, payout_id)

    @async_front_door
    async def cancel(self, payout_id: str, *, idempotency_key: str | None = None) -> Payout:
        """Cancel a payout that is still pending.

        Args:
            payout_id: Id of the payout.
            idempotency_key: Your key for this call; made if there is none.

        Raises:
            ConflictError: If it is under way or final.
            MolamError: As every call does.
        """
        from molam_api.api.payouts import cancel_payout

        return await self._caller.call(cancel_payout, payout_id, idempotency_key=arguments.given(idempotency_key))

    @front_door
    def list(
        self,
        *,
        status: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        created_at_gte: datetime | str | None = None,
        created_at_lte: datetime | str | None = None,
    ) -> AsyncPages[Payout]:
        """List payouts, newest first.

        Args:
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
        from molam_api.api.payouts import list_payouts
        from molam_api.models import PayoutStatus
        from molam_sdk._calls.pagination import AsyncPages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_payouts, **filters)

        return AsyncPages(
            fetch,
            status=arguments.word(PayoutStatus, status, "status"),
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=arguments.time(created_at_gte, "created_at_gte"),
            created_at_lte=arguments.time(created_at_lte, "created_at_lte"),
        )
