"""Events: what happened, as told by webhooks and kept for reading again."""

from ..domain.call import Answer, Call
from ..domain.event_types import check_event_type
from ..services import Services
from ..storage.event_log import TABLE, EventRow
from .finding import own
from .listing import list_objects


async def list_events(services: Services, call: Call) -> Answer:
    """Events, newest first. Raises parameter_invalid for a type that there is not."""
    named = call.query.get("type")
    check_event_type(None if named is None else str(named), "type")
    return await list_objects(services, call, TABLE, _document, "/v1/events")


async def retrieve_event(services: Services, call: Call) -> Answer:
    """One event."""
    async with services.store.reading() as reader:
        event = await own(reader, call, TABLE, call.path["event_id"])
    return Answer(200, _document(event))


def _document(event: EventRow) -> dict[str, object]:
    return dict(event.document)
