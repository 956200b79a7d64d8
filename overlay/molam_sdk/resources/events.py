# Written by scripts/sync_half from aio/events.py; edit that file.
"""What happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from datetime import datetime

    from molam_api.models import Event
    from molam_sdk._calls.caller import Caller
    from molam_sdk._calls.pagination import Pages


class Events:
    """Methods of `client.events`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @front_door
    def retrieve(self, event_id: str) -> Event:
        """Return an event as it is now.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.events import retrieve_event

        return self._caller.call(retrieve_event, event_id)

    @front_door
    def list(
        self,
        *,
        type: str | None = None,
        object_id: str | None = None,
        limit: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
        created_at_gte: datetime | str | None = None,
        created_at_lte: datetime | str | None = None,
    ) -> Pages[Event]:
        """List events, newest first.

        Args:
            type: Only those of this type.
            object_id: Only those of this object.
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
        from molam_api.api.events import list_events
        from molam_sdk._calls.pagination import Pages

        def fetch(**filters: Any) -> Any:
            return self._caller.call(list_events, **filters)

        return Pages(
            fetch,
            type_=type,
            object_id=object_id,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            created_at_gte=arguments.time(created_at_gte, "created_at_gte"),
            created_at_lte=arguments.time(created_at_lte, "created_at_lte"),
        )
