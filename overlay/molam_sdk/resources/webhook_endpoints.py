# Written by scripts/sync_half from aio/webhook_endpoints.py; edit that file.
"""Where events are delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from molam_api.models import DeletedWebhookEndpoint, Event, WebhookEndpoint
    from molam_sdk._calls.caller import Caller
    from molam_sdk._calls.pagination import Pages


class WebhookEndpoints:
    """Methods of `client.webhook_endpoints`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @front_door
    def create(
        self,
        *,
        url: str,
        enabled_events: Sequence[str],
        description: str | None = None,
        retry_schedule: Sequence[int] | None = None,
        max_concurrency: int | None = None,
        idempotency_key: str | None = None,
    ) -> WebhookEndpoint:
        """Register a URL for events.

        Args:
            url: https URL; http to loopback in the sandbox.
            enabled_events: Event types, or `["*"]` for all.
            description: Your description.
            retry_schedule: Seconds from each failure to the next attempt (1 to 20 of 1 to 86400);
                1 min, 5 min, 15 min, 1 h and 6 h if there is none.
            max_concurrency: Attempts that each process of the gateway has under way here at the same time
                (1 to 64); its own setting if there is none.
            idempotency_key: Your key for this endpoint; made if there is none.

        Returns:
            The endpoint; its `secret` is shown here and never again.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.webhook_endpoints import create_webhook_endpoint
        from molam_api.models import CreateWebhookEndpointRequest

        return self._caller.call(
            create_webhook_endpoint,
            body=CreateWebhookEndpointRequest(
                url=url,
                enabled_events=arguments.strings(enabled_events, "enabled_events"),
                description=arguments.given(description),
                retry_schedule=arguments.seconds(retry_schedule, "retry_schedule"),
                max_concurrency=arguments.count(max_concurrency, "max_concurrency"),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @front_door
    def retrieve(self, webhook_endpoint_id: str) -> WebhookEndpoint:
        """Return a webhook endpoint as it is now.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.webhook_endpoints import retrieve_webhook_endpoint

        return self._caller.call(retrieve_webhook_endpoint, webhook_endpoint_id)

    @front_door
    def update(
        self,
        webhook_endpoint_id: str,
        *,
        url: str | None = None,
        enabled_events: Sequence[str] | None = None,
        description: str | None = None,
        status: str | None = None,
        retry_schedule: Sequence[int] | None = None,
        max_concurrency: int | None = None,
        idempotency_key: str | None = None,
    ) -> WebhookEndpoint:
        """Change an endpoint; what is not given stays.

        Args:
            webhook_endpoint_id: Id of the endpoint.
            url: https URL; http to loopback in the sandbox.
            enabled_events: Event types, or `["*"]` for all.
            description: Your description.
            status: `enabled` or `disabled`.
            retry_schedule: Seconds from each failure to the next attempt (1 to 20 of 1 to 86400);
                `[]` for the gateway's own.
            max_concurrency: Attempts that each process of the gateway has under way here at the same time
                (1 to 64); 0 for its own setting.
            idempotency_key: Your key for this change; made if there is none.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.webhook_endpoints import update_webhook_endpoint
        from molam_api.models import UpdateWebhookEndpointRequest, WebhookEndpointStatus

        return self._caller.call(
            update_webhook_endpoint,
            webhook_endpoint_id,
            body=UpdateWebhookEndpointRequest(
                url=arguments.given(url),
                enabled_events=arguments.optional_strings(enabled_events, "enabled_events"),
                description=arguments.given(description),
                status=arguments.word(WebhookEndpointStatus, status, "status"),
                retry_schedule=arguments.seconds(retry_schedule, "retry_schedule"),
                max_concurrency=arguments.count(max_concurrency, "max_concurrency"),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @front_door
    def delete(self, webhook_endpoint_id: str, *, idempotency_key: str | None = None) -> DeletedWebhookEndpoint:
        """Delete an endpoint; what it has not received yet is not delivered.

        Args:
            webhook_endpoint_id: Id of the endpoint.
            idempotency_key: Your key for this call; made if there is none.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.webhook_endpoints import delete_webhook_endpoint

        return self._caller.call(
            delete_webhook_endpoint, webhook_endpoint_id, idempotency_key=arguments.given(idempotency_key)
        )

    @front_door
    def rotate_secret(
        self, webhook_endpoint_id: str, *, overlap_seconds: int | None = None, idempotency_key: str | None = None
    ) -> WebhookEndpoint:
        """Give an endpoint a new secret; for a while the old one signs as well.

        Args:
            webhook_endpoint_id: Id of the endpoint.
            overlap_seconds: How long, in seconds (0 to 604800); a day if it is not given.
            idempotency_key: Your key for this call; made if there is none.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.webhook_endpoints import rotate_webhook_secret
        from molam_api.models import RotateWebhookSecretRequest

        return self._caller.call(
            rotate_webhook_secret,
            webhook_endpoint_id,
            body=RotateWebhookSecretRequest(overlap_seconds=arguments.given(overlap_seconds)),
            idempotency_key=arguments.given(idempotency_key),
        )

    @front_door
    def test(self, webhook_endpoint_id: str, *, idempotency_key: str | None = None) -> Event:
        """Send a `ping` event to an endpoint.

        Args:
            webhook_endpoint_id: Id of the endpoint.
            idempotency_key: Your key for this call; made if there is none.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.webhook_endpoints import test_webhook_endpoint

        return self._caller.call(
            test_webhook_endpoint, webhook_endpoint_id, idempotency_key=arguments.given(idempotency_key)
        )

    @front_door
    def list(
        self,
        *,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        created_at_gte: datetime | str | None = None,
        created_at_lte: datetime | str | None = None,
    ) -> Pages[WebhookEndpoint]:
        """List webhook endpoints, newest first.

        Args:
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
        from molam_api.api.webhook_endpoints import list_webhook_endpoints
        from molam_sdk._calls.pagination import Pages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_webhook_endpoints, **filters)

        return Pages(
            fetch,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=arguments.time(created_at_gte, "created_at_gte"),
            created_at_lte=arguments.time(created_at_lte, "created_at_lte"),
        )
