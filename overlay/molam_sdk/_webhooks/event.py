"""Reads a verified webhook body into the event model with its typed object."""

from __future__ import annotations

import inspect
import json
import warnings
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from .._calls.sanity import complaint
from .._shapes import is_list, is_object
from ..errors import UnexpectedResponseError

if TYPE_CHECKING:
    from molam_api.event_types import EventObject as EventModel
    from molam_api.models import Event

_UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
_PLAIN = {"api_version": str, "livemode": bool, "account": str, "sequence": int}
_PACKAGE = __name__.partition(".")[0]
_SHOWN = 64


class EventModelWarning(UserWarning):
    """Warns that an authentic event does not have the form that this version of the SDK expects.

    What could be read is there; an update of the SDK usually knows the new form. The message is the same for all
    events of a type, so that Python's filters show it once and remember it once.

    Attributes:
        event_id: Id of the event.
    """

    def __init__(self, message: str, event_id: str = "") -> None:
        super().__init__(message)
        self.event_id = event_id

    def __str__(self) -> str:
        return str(self.args[0])


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
        if not _is_whole(event):
            event = _partial_event(document)
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


def _is_whole(event: Any) -> bool:
    """Whether the members of an event are of the types that its model promises."""
    request = event.request
    return (
        type(event.sequence) is int
        and type(event.livemode) is bool
        and type(event.account) is str
        and type(event.api_version) is str
        and event.created_at.tzinfo is not None
        and (request is None or _text(request.id) is request.id)
        and (request is None or _text(request.idempotency_key) is request.idempotency_key)
    )


def _typed_object(event_type: str, event_id: str, members: dict[str, Any]) -> Any:
    modelled = None if complaint(members) else _modelled(event_type, members)
    if modelled is None and _object_model(event_type) is not None:
        _warn(f"the object of {event_type} does not have the expected form and is left a dict", event_id)
    return modelled or EventObject(members)


def _modelled(event_type: str, members: dict[str, Any]) -> Any:
    """The object as the model of its event's type; None where there is none, or it cannot be built."""
    model = _object_model(event_type)
    try:
        return None if model is None else model.from_dict(members)
    except _UNREADABLE:
        return None


def _partial_event(document: dict[str, Any]) -> Event:
    """Return the event with None for each member that is missing or of another type."""
    from molam_api.models import EventData, EventRequest, JsonObject

    data, request = _members(document, "data"), _members(document, "request")
    event_type: str = document["type"]
    known: dict[str, Any] = {
        name: value if type(value := document.get(name)) is kind else None for name, kind in _PLAIN.items()
    }
    known["created_at"] = _moment(document.get("created_at"))
    event = _event_model()(
        **known,
        id=document["id"],
        object_="event",
        type_=event_type,
        data=EventData(
            object_=JsonObject(),
            previous_attributes=JsonObject.from_dict(_members(data, "previous_attributes")) or None,
        ),
        request=EventRequest(id=_text(request.get("id")), idempotency_key=_text(request.get("idempotency_key")))
        if request
        else None,
    )
    _warn(
        f"a webhook of type {_shown(event_type)} lacks members of an event, or states them in another form; "
        "they are None",
        event.id,
    )
    return event


def _members(value: dict[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if is_object(found) else {}


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else None


def _moment(value: Any) -> Any:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


def _shown(text: str) -> str:
    """A type as a line of a log can show it: what Molam did not write itself is escaped and cut."""
    return text if len(text) <= _SHOWN and text.isascii() and text.isprintable() else ascii(text[:_SHOWN])


def _warn(message: str, event_id: str) -> None:
    """Warn at the line that called into this package."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).startswith(f"{_PACKAGE}."):
        level, frame = level + 1, frame.f_back
    warnings.warn(EventModelWarning(message, event_id), stacklevel=level)


@cache
def _event_model() -> type[Event]:
    from molam_api.models import Event

    return Event


@lru_cache(maxsize=256)
def _object_model(event_type: str) -> type[EventModel] | None:
    from molam_api.event_types import event_model

    return event_model(event_type)
