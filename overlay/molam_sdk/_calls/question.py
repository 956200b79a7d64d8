"""Finds out with reads alone whether a call was carried out whose key may no longer be used."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from ..errors import MolamError, NotFoundError, TimeoutError
from .issued import Issued
from .operation import endpoint_of, path_ids, prepare

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from molam_api.models import Event, EventList
    from molam_api.operations import Operation

    from .._exchange.attempt import Settled
    from .operation import Prepared
    from .session import Session

MOST_PAGES = 200
"""How many pages of a hundred events are looked through for one call."""

_MANY_PAGES = 10
"""How many pages there are to have been when the time is up for it to be the number of events that is to blame."""

_NEAR = timedelta(minutes=2)
_SKEW = timedelta(minutes=15)
_SPAN = timedelta(hours=25)


class Found:
    """What the API says about a call.

    Attributes:
        carried_out: Whether it was done; None if that cannot be told.
        declined: Whether it was done and the payment declined.
        object_id: Id of the object that it made or is about.
        object: That object as it is now, or None.
        settled: The answer that it was read from, or None.
        is_endless: Whether it cannot be told since there are too many events.
    """

    __slots__ = ("carried_out", "declined", "is_endless", "object", "object_id", "settled")

    def __init__(
        self,
        carried_out: bool | None,
        object_id: str | None = None,
        object: Any = None,
        *,
        declined: bool = False,
        settled: Settled | None = None,
        is_endless: bool = False,
    ) -> None:
        self.carried_out = carried_out
        self.declined = declined
        self.object_id = object_id
        self.object = object
        self.settled = settled
        self.is_endless = is_endless


class Question:
    """Asks about one call: each step is a read that somebody makes, and sends back what came of it.

    A read that fails ends it with its MolamError.
    """

    def __init__(self, prepared: Prepared[Any], session: Session, now: float, wall: float) -> None:
        self._prepared = prepared
        self._operation: Operation = prepared.operation
        self._session = session
        self._now = now
        self._wall = wall
        self._pages = MOST_PAGES

    def ask(
        self, first_used_at: datetime, last_begun_at: datetime | None, *, is_sure: bool
    ) -> Generator[Issued, Settled | MolamError, Found]:
        """Look for the events that name the key.

        Args:
            first_used_at: When the call was made.
            last_begun_at: When it was made for the last time, if it was made again.
            is_sure: Whether the clock that says so can be trusted.
        """
        kind = self._operation.created_event
        if kind is not None:
            try:
                event = yield from self._created(kind, _windows(first_used_at, last_begun_at, is_sure=is_sure))
            except _EndlessError:
                return Found(None, is_endless=True)
            object_id = None if event is None else _object_id(event)
            if object_id is None:
                return Found(False)
        else:
            ids = path_ids(self._operation, self._prepared.target.partition("?")[0])
            if not ids:
                return Found(None)
            object_id = ids[-1]
        return (yield from self.look_at(object_id))

    def look_at(self, object_id: str) -> Generator[Issued, Settled | MolamError, Found]:
        """Look what the call did to this object, and what it is now."""
        self._pages = MOST_PAGES
        try:
            events = yield from self._events(object_id=object_id)
        except _EndlessError:
            return Found(None, object_id, is_endless=True)
        declined = any(event.type_.endswith(".failed") for event in events)
        carried_out = bool(events)
        try:
            found, settled = yield from self._retrieved(object_id)
        except NotFoundError:
            return Found(carried_out or self._operation.method == "DELETE", object_id)
        return Found(carried_out, object_id, found, declined=declined, settled=settled)

    def look_now(self, object_id: str) -> Generator[Issued, Settled | MolamError, Found]:
        """Look what this object is now, of which it is known that the call made or changed it."""
        try:
            found, settled = yield from self._retrieved(object_id)
        except NotFoundError:
            return Found(True, object_id)
        return Found(True, object_id, found, settled=settled)

    def _retrieved(self, object_id: str) -> Generator[Issued, Settled | MolamError, tuple[Any, Settled | None]]:
        """Return the object and the answer that it was read from; twice None where nothing retrieves such objects."""
        retrieve = self._operation.retrieved_by
        if retrieve is None:
            return None, None
        return (yield from self._answer(retrieve, (object_id,), {}))

    def _created(
        self, kind: str, windows: list[tuple[datetime, datetime | None]]
    ) -> Generator[Issued, Settled | MolamError, Event | None]:
        """Return the event of this kind that names the key, looked for in one window after the other.

        Raises:
            _EndlessError: If there are too many to look through.
        """
        for since, until in windows:
            events = yield from self._events(type_=kind, created_at_gte=since, created_at_lte=until)
            if events:
                return events[0]
        return None

    def _events(self, **filters: Any) -> Generator[Issued, Settled | MolamError, list[Event]]:
        """Return the events that name the key, newest first.

        Raises:
            _EndlessError: If there are too many to look through, or to do so in time.
        """
        key = self._prepared.ask.idempotency_key
        given = {name: value for name, value in filters.items() if value is not None}
        while self._pages > 0:
            try:
                page = cast("EventList", (yield from self._answer("list_events", (), {**given, "limit": 100}))[0])
            except TimeoutError as error:
                if error.phase is not None or MOST_PAGES - self._pages < _MANY_PAGES:
                    raise  # it is the API that is slow
                break
            self._pages -= 1
            named = [event for event in page.data if event.request is not None and event.request.idempotency_key == key]
            if named or not page.has_more or page.next_cursor is None:
                return named
            given["starting_after"] = page.next_cursor
        raise _EndlessError

    def _answer(
        self, operation_id: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Generator[Issued, Settled | MolamError, tuple[Any, Settled]]:
        issued = Issued(
            prepare(endpoint_of(operation_id), args, kwargs), self._session, self._now, self._wall, self._now, None
        )
        answer = yield issued
        if isinstance(answer, MolamError):
            raise answer
        return issued.read(answer), answer


class _EndlessError(Exception):
    """There are more events than can be looked through."""


def _windows(first: datetime, last: datetime | None, *, is_sure: bool) -> list[tuple[datetime, datetime | None]]:
    """Return where to look, on a busy account too: around the times of the call, then as long as it may have lasted."""
    if not is_sure:
        return [(first - _SPAN, None)]
    last = max(first, last or first)
    near = [(first - _NEAR, first + _NEAR), (last - _NEAR, last + _NEAR)]
    return [*dict.fromkeys(near), (first - _SKEW, first + _SKEW), (first + _SKEW, last + _SPAN)]


def _object_id(event: Event) -> str | None:
    found = getattr(event.data.object_, "id", None)
    return found if isinstance(found, str) else None
