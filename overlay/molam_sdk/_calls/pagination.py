"""Lists that go on: all items of all pages, fetched as they are needed."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from molam_api.types import UNSET

from .._front_door import async_front_door, front_door
from ..errors import UnexpectedResponseError, ValidationError
from .needs_client import NeedsClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Sequence

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class _Where(Protocol):
    """What a page says about the one after it."""

    @property
    def has_more(self) -> bool: ...

    @property
    def next_cursor(self) -> str | None: ...


class ListModel(Protocol[Item_co]):
    """A generated list model; with `next_cursor`, or with `page` for a list whose pages have numbers."""

    @property
    def data(self) -> Sequence[Item_co]: ...

    @property
    def has_more(self) -> bool: ...


class _Position:
    """Which page to ask for, and by which cursors the way led here.

    The cursors are shared by all pages of one walk, of which each knows how many are its own.
    """

    __slots__ = ("_passed", "_trail", "arguments", "direction")

    def __init__(self, arguments: dict[str, Any], direction: str, trail: dict[str, None] | None = None) -> None:
        self.arguments = arguments
        self.direction = direction
        self._trail: dict[str, None] = {} if trail is None else trail
        cursor = arguments.get(direction)
        if isinstance(cursor, str):
            self._trail[cursor] = None
        self._passed = len(self._trail)

    @classmethod
    def first(cls, arguments: dict[str, Any]) -> _Position:
        before = arguments.get("ending_before") is not None
        if before and arguments.get("starting_after") is not None:
            raise ValidationError(
                "starting_after and ending_before exclude each other; pass one",
                code="parameter_invalid",
                param="ending_before",
            )
        given = {name: UNSET if value is None else value for name, value in arguments.items()}
        return cls(given, "ending_before" if before else "starting_after")

    def following(self, model: ListModel[Any]) -> str | None:
        """Return the cursor that a page names."""
        return getattr(model, "next_cursor", None)

    def after(self, page: _Where) -> _Position | None:
        """Return the position of the page after `page`, None if it is the last."""
        if not page.has_more:
            return None
        cursor = page.next_cursor
        if cursor is None:
            raise _broken("the list has more items, but no cursor leads to them")
        trail = self._trail
        if len(trail) != self._passed:
            trail = dict.fromkeys(islice(trail, self._passed))
        if cursor in trail:
            raise _broken("the list repeats a cursor and would never end")
        return _Position({**self.arguments, self.direction: cursor}, self.direction, trail)


class _Numbered:
    """Which page to ask for in a list whose pages have numbers."""

    __slots__ = ("arguments",)

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.arguments = {name: value for name, value in arguments.items() if value is not None}

    def following(self, model: ListModel[Any]) -> str | None:
        """Return the number of the page after this one."""
        number: int = getattr(model, "page", 1)
        if number != self.arguments.get("page", number):
            raise _broken("the list answers another page than the one asked for")
        return str(number + 1) if model.has_more else None

    def after(self, page: _Where) -> _Numbered | None:
        """Return the position of the page after `page`, None if it is the last."""
        number = page.next_cursor
        return None if number is None else _Numbered({**self.arguments, "page": int(number)})


def _first(arguments: dict[str, Any]) -> _Position | _Numbered:
    return _Numbered(arguments) if "page" in arguments else _Position.first(arguments)


def _broken(what: str) -> UnexpectedResponseError:
    return UnexpectedResponseError(f"{what}; nothing is wrong with the items so far", outcome="rejected")


class Page(NeedsClient, Generic[Item]):
    """One page of a list.

    Attributes:
        data: Its items, newest first.
        has_more: Whether another page follows.
        next_cursor: Cursor of that page, good for `starting_after`; its number as text in a list that has `page`.
    """

    _take_along = "its data and next_cursor"

    def __init__(
        self, model: ListModel[Item], fetch: Callable[..., ListModel[Item]], position: _Position | _Numbered
    ) -> None:
        self.data = model.data
        self.has_more = model.has_more
        self.next_cursor = position.following(model)
        self._fetch = fetch
        self._position = position

    @front_door
    def next_page(self) -> Page[Item] | None:
        """Fetch the page after this one; None if this is the last.

        Raises:
            UnexpectedResponseError: If the list comes back to a cursor, or loses it.
            MolamError: As every call does.
        """
        following = self._position.after(self)
        if following is None:
            return None
        return Page(self._fetch(**following.arguments), self._fetch, following)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


class Pages(NeedsClient, Generic[Item]):
    """A list, fetched page by page: iterate it for every item, or take `page()`."""

    _take_along = "its items"

    def __init__(self, fetch: Callable[..., ListModel[Item]], **arguments: Any) -> None:
        self._fetch = fetch
        self._position = _first(arguments)

    @front_door
    def page(self) -> Page[Item]:
        """Fetch the first page.

        Raises:
            MolamError: As every call does.
        """
        return Page(self._fetch(**self._position.arguments), self._fetch, self._position)

    def __iter__(self) -> Iterator[Item]:
        page: Page[Item] | None = self.page()
        while page is not None:
            yield from page.data
            page = page.next_page()

    @front_door
    def fetch(self) -> Any:
        """Make the call for the first page and return what the client returns."""
        return self._fetch(**self._position.arguments)


class AsyncPage(NeedsClient, Generic[Item]):
    """One page of a list.

    Attributes:
        data: Its items, newest first.
        has_more: Whether another page follows.
        next_cursor: Cursor of that page, good for `starting_after`; its number as text in a list that has `page`.
    """

    _take_along = "its data and next_cursor"

    def __init__(
        self,
        model: ListModel[Item],
        fetch: Callable[..., Awaitable[ListModel[Item]]],
        position: _Position | _Numbered,
    ) -> None:
        self.data = model.data
        self.has_more = model.has_more
        self.next_cursor = position.following(model)
        self._fetch = fetch
        self._position = position

    @async_front_door
    async def next_page(self) -> AsyncPage[Item] | None:
        """Fetch the page after this one; None if this is the last.

        Raises:
            UnexpectedResponseError: If the list comes back to a cursor, or loses it.
            MolamError: As every call does.
        """
        following = self._position.after(self)
        if following is None:
            return None
        return AsyncPage(await self._fetch(**following.arguments), self._fetch, following)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


class AsyncPages(NeedsClient, Generic[Item]):
    """A list, fetched page by page: `async for` gives every item, `await` the first page."""

    _take_along = "its items"

    def __init__(self, fetch: Callable[..., Awaitable[ListModel[Item]]], **arguments: Any) -> None:
        self._fetch = fetch
        self._position = _first(arguments)

    @async_front_door
    async def page(self) -> AsyncPage[Item]:
        """Fetch the first page.

        Raises:
            MolamError: As every call does.
        """
        model = await self._fetch(**self._position.arguments)
        return AsyncPage(model, self._fetch, self._position)

    def __await__(self) -> Generator[Any, None, AsyncPage[Item]]:
        return self.page().__await__()

    async def __aiter__(self) -> AsyncIterator[Item]:
        page: AsyncPage[Item] | None = await self.page()
        while page is not None:
            for item in page.data:
                yield item
            page = await page.next_page()

    @async_front_door
    async def fetch(self) -> Any:
        """Make the call for the first page and return what the client returns."""
        return await self._fetch(**self._position.arguments)
