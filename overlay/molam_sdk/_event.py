"""Reads a verified webhook body into the event model with its typed object."""

from __future__ import annotations

import json
import warnings
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from ._shapes import is_list, is_object
from .errors import UnexpectedResponseError

if TYPE_CHECKING:
    from molam_api.event_types import EventObject as EventModel
    from molam_api.models import Event

_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
_PLAIN = ("id", "api_version", "livemode", "account", "sequence")


class EventModelWarning(UserWarning):
    """Warns that an authentic event does not have the form that this version of the SDK expects.

    What could be read is there; an update of the SDK usually knows the new form.
    """


class EventObject(dict[str, Any]):
    """The plain JSON object of an event that has no model here."""

    def to_dict(self) -> dict[str, Any]:
        """Return the members as they came."""
        return dict(self)


def read_event(body: bytes) -> Event:
    """Return the event in a verified body; UnexpectedResponseError where there is none."""
    document = _document(body)
    try:
        event = _event_model().from_dict(document)
    except _UNREADABLE:
        event = _partial_event(document)
    event.data.object_ = _typed_object(event.type_, event.id, _members(_members(document, "data"), "object"))
    return event


def with_typed_objects(parsed: Any) -> None:
    """Give the events in an answer of the API the same typed objects as those in webhooks, where they can be built."""
    content: Any = parsed.data
    for event in content if is_list(content) else [parsed]:
        members = dict(event.data.object_)
        event.data.object_ = _modelled(event.type_, members) or EventObject(members)


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if is_object(document) and isinstance(document.get("id"), str) and isinstance(document.get("type"), str):
        return document
    raise UnexpectedResponseError(
        "the webhook is authentic but not an event: its body is no JSON object with an id and a type",
        raw=body,
        outcome="not_sent",
    )


def _typed_object(event_type: str, event_id: str, members: dict[str, Any]) -> Any:
    modelled = _modelled(event_type, members)
    if modelled is None and _object_model(event_type) is not None:
        _warn(f"the object of {event_type} {event_id} does not have the expected form and is left a dict")
    return modelled or EventObject(members)


def _modelled(event_type: str, members: dict[str, Any]) -> Any:
    """The object as the model of its event's type; None where there is none, or it cannot be built."""
    model = _object_model(event_type)
    try:
        return None if model is None else model.from_dict(members)
    except _UNREADABLE:
        return None


def _partial_event(document: dict[str, Any]) -> Event:
    """Return the event with None for each member that is missing or cannot be read."""
    from datetime import datetime

    from molam_api.models import EventData, EventRequest, JsonObject

    data, request = _members(document, "data"), _members(document, "request")
    created_at: Any = document.get("created_at")
    try:
        created_at = datetime.fromisoformat(created_at)
    except (TypeError, ValueError):
        created_at = None
    known: dict[str, Any] = {name: document.get(name) for name in _PLAIN}
    event = _event_model()(
        **known,
        object_="event",
        type_=document["type"],
        created_at=created_at,
        data=EventData(
            object_=JsonObject(),
            previous_attributes=JsonObject.from_dict(_members(data, "previous_attributes")) or None,
        ),
        request=EventRequest(id=request.get("id"), idempotency_key=request.get("idempotency_key")) if request else None,
    )
    _warn(f"{event.type_} {event.id} lacks members of an event, or states them in another form; they are None")
    return event


def _members(value: dict[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if is_object(found) else {}


def _warn(message: str) -> None:
    warnings.warn(message, EventModelWarning, stacklevel=5)


@cache
def _event_model() -> type[Event]:
    from molam_api.models import Event

    return Event


@lru_cache(maxsize=256)
def _object_model(event_type: str) -> type[EventModel] | None:
    from molam_api.event_types import event_model

    return event_model(event_type)
