"""What became of sending events to endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import async_front_door, front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from datetime import datetime

    from molam_api.models import WebhookDelivery, WebhookRedrive
    from molam_sdk._calls.async_caller import AsyncCaller
    from molam_sdk._calls.pagination import AsyncPages


class AsyncWebhookDeliveries:
    """Methods of `client.webhook_deliveries`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def retrieve(self, webhook_delivery_id: str) -> WebhookDelivery:
        """Return a delivery as it is now, with its attempts.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.webhook_deliveries import retrieve_webhook_delivery

        return await self._caller.call(retrieve_webhook_delivery, webhook_delivery_id)

    @async_front_door
    async def redrive(self, webhook_delivery_id: str, *, idempotency_key: str | None = None) -> WebhookDelivery:
        """Give a delivery that ended without success a new schedule, which begins at once.

        Args:
            webhook_delivery_id: Id of the delivery.
            idempotency_key: Your key for this call; made if there is none.

        Returns:
            The delivery; its event keeps its id and its bytes.

        Raises:
            ConflictError: If it has not ended, was delivered, or its endpoint is not enabled.
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.webhook_deliveries import redrive_webhook_delivery

        return await self._caller.call(
            redrive_webhook_delivery, webhook_delivery_id, idempotency_key=arguments.given(idempotency_key)
        )

    @async_front_door
    async def redrive_many(
        self,
        *,
        endpoint_id: str | None = None,
        event_type: str | None = None,
        created_at_gte: datetime | str | None = None,
        created_at_lte: datetime | str | None = None,
        idempotency_key: str | None = None,
    ) -> WebhookRedrive:
        """Give dead letters to enabled endpoints a new schedule, oldest first, 500 at the most.

        Args:
            endpoint_id: Only those to this endpoint.
            event_type: Only those of events of this type.
            created_at_gte: Only those created at or after this time.
            created_at_lte: Only those created at or before this time.
            idempotency_key: Your key for this call; made if there is none.

        Returns:
            How many there were; while `has_more`, call again.

        Raises:
            ValidationError: For a time without zone.
            NotFoundError: If there is no such endpoint.
            MolamError: As every call does.
        """
        from molam_api.api.webhook_deliveries import redrive_webhook_deliveries
        from molam_api.models import RedriveWebhookDeliveriesRequest

        return await self._caller.call(
            redrive_webhook_deliveries,
            body=RedriveWebhookDeliveriesRequest(
                endpoint_id=arguments.given(endpoint_id),
                event_type=arguments.given(event_type),
                created_at_gte=arguments.given(arguments.time(created_at_gte, "created_at_gte")),
                created_at_lte=arguments.given(arguments.time(created_at_lte, "created_at_lte")),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @front_door
    def list(
        self,
        *,
        endpoint_id: str | None = None,
        event_id: str | None = None,
        status: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        created_at_gte: datetime | str | None = None,
        created_at_lte: datetime | str | None = None,
    ) -> AsyncPages[WebhookDelivery]:
        """List deliveries without their attempts, newest first.

        Args:
            endpoint_id: Only those to this endpoint.
            event_id: Only those of this event.
            status: Only those that stand there, such as `dead_letter`.
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
        from molam_api.api.webhook_deliveries import list_webhook_deliveries
        from molam_api.models import WebhookDeliveryStatus
        from molam_sdk._calls.pagination import AsyncPages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_webhook_deliveries, **filters)

        return AsyncPages(
            fetch,
            endpoint_id=endpoint_id,
            event_id=event_id,
            status=arguments.word(WebhookDeliveryStatus, status, "status"),
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=arguments.time(created_at_gte, "created_at_gte"),
            created_at_lte=arguments.time(created_at_lte, "created_at_lte"),
        )
