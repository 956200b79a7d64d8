"""New events, each once and in the order of the API: the live feed says when to look, the list what happened.

The feed tells of payments, refunds and payouts only and numbers them as they were committed, so nothing of those is
missed; the list knows all types. Both together miss nothing, whatever was down in between.
"""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from ..errors import (
    AuthenticationError,
    MolamError,
    NetworkError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from ..realtime import Update
from ._answers import document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .. import MolamClient, RawResponse
    from ._answers import Document

_REMEMBERED = 20_000
_OVERLAP = timedelta(seconds=10)
_AT_ONCE = 0.001
"""Seconds that a feed itself tries to come back: then this module says that it is down, and goes on trying."""


class Newest:
    """What is new in a list that is newest first; each item once, the oldest first."""

    def __init__(self, fetch: Callable[..., RawResponse[Any]], **filters: Any) -> None:
        self._fetch = fetch
        self._filters = filters
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._since: datetime | None = None

    def begin(self) -> list[Document]:
        """Take what there is for known; returns the newest hundred of it, the oldest first."""
        page: list[Document] = document(self._fetch(limit=100, **self._filters))["data"]
        page.reverse()
        for item in page:
            self.take(item)
        return page

    def unseen(self) -> list[Document]:
        """What has come since."""
        found: list[Document] = []
        cursor: str | None = None
        since = None if self._since is None else self._since - _OVERLAP
        while True:
            page = document(self._fetch(limit=100, created_at_gte=since, starting_after=cursor, **self._filters))
            fresh = [item for item in page["data"] if item["id"] not in self._seen]
            found += fresh
            cursor = page["next_cursor"]
            if not fresh or not page["has_more"] or cursor is None:
                break
        found.reverse()
        for item in found:
            self.take(item)
        return found

    def is_news(self, id: str) -> bool:
        """Whether an item was not told yet."""
        return id not in self._seen

    def take(self, item: Document) -> None:
        """Take an item for known."""
        self._seen[str(item["id"])] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        at = datetime.fromisoformat(str(item["created_at"]))
        if self._since is None or at > self._since:
            self._since = at


@attrs.frozen
class _Heard:
    """The feed told something: an event's id, or only that it is up."""

    id: str | None


class EventsSource:
    """Follows the events of an account.

    `note` is told when the connection is lost and when it is back; `poll` are the seconds after which the list is
    looked at without being told to.
    """

    def __init__(self, client: MolamClient, note: Callable[[str], object], *, poll: float = 5.0) -> None:
        self._client = client.with_options(deadline=10.0)
        self._note = note
        self._poll = poll
        self._messages: queue.SimpleQueue[_Heard | MolamError] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._news = Newest(self._client.with_raw_response.events.list)

    def begin(self, after: str | None) -> None:
        """Go on after this event, or from now on; returns once it listens.

        Raises:
            MolamError: If the API does not let it.
        """
        if after is None:
            self._news.begin()
        else:
            self._go_on_after(document(self._client.with_raw_response.events.retrieve(after)))
        threading.Thread(target=self._listen, name="molam-listen", daemon=True).start()
        first = self._messages.get()
        if isinstance(first, MolamError):
            raise first
        self._messages.put(first)

    def __iter__(self) -> Iterator[Document]:
        down = False
        while True:
            try:
                ids = self._wait(1.0 if down else self._poll)
                found = self._news.unseen()
                for id in ids:
                    if self._news.is_news(id):
                        item = document(self._client.with_raw_response.events.retrieve(id))
                        self._news.take(item)
                        found.append(item)
            except (NetworkError, RateLimitError, ServerError) as error:
                if not down:
                    self._note(f"no answer, trying again: {error}")
                down = True
                continue
            if down:
                self._note("the API answers again")
                down = False
            yield from found

    def close(self) -> None:
        """Listen no more."""
        self._ended.set()

    def _go_on_after(self, known: Document) -> None:
        """Take an event for known, and what came before it at about the same time: the list puts that after it."""
        self._news.take(known)
        at = datetime.fromisoformat(known["created_at"])
        page = document(
            self._client.with_raw_response.events.list(
                limit=100, created_at_gte=at - _OVERLAP, created_at_lte=at, starting_after=known["id"]
            )
        )
        for item in page["data"]:
            self._news.take(item)

    def _wait(self, seconds: float) -> list[str]:
        """The ids that the feed told meanwhile; those that it cannot tell are found in the list."""
        ids: list[str] = []
        timeout: float | None = seconds
        while True:
            try:
                message = self._messages.get(timeout=timeout) if timeout else self._messages.get_nowait()
            except queue.Empty:
                return ids
            if isinstance(message, MolamError):
                raise message
            if message.id is not None:
                ids.append(message.id)
            timeout = None

    def _listen(self) -> None:
        after: int | None = None
        begun = False
        failures = 0
        while not self._ended.is_set():
            feed = self._client.realtime.events(after=after, patience=_AT_ONCE)
            try:
                with feed:
                    if failures:
                        self._note("listening again")
                    begun, failures = True, 0
                    self._messages.put(_Heard(None))
                    for message in feed:
                        self._messages.put(_Heard(message.id if isinstance(message, Update) else None))
            except (AuthenticationError, PermissionDeniedError, NotFoundError) as error:
                self._messages.put(error)
                return
            except MolamError as error:
                if not begun:
                    self._messages.put(error)
                    return
                if not failures:
                    self._note("the connection is lost, trying again")
                failures += 1
                self._ended.wait(min(0.25 * 2**failures, 5.0))
            after = after if feed.after is None else feed.after
