"""The asynchronous client as a synchronous one, so that a promise of both clients is written once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from inspect import isawaitable
from typing import Any, Generic, TypeGuard, TypeVar, cast

from molam_sdk import AsyncPage, AsyncPages, MolamAsyncClient, MolamClient

T = TypeVar("T")


def blocking(client: MolamAsyncClient, runner: asyncio.Runner) -> MolamClient:
    """A client whose calls return when they are done, each on the runner's event loop.

    It has the synchronous client's type because it has its methods, which tests/parity makes sure of.
    """
    return cast(MolamClient, _Blocking(client, runner))


class _Blocking:
    """A client or a resource."""

    def __init__(self, subject: object, runner: asyncio.Runner) -> None:
        self._subject = subject
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        return _wrapped(getattr(self._subject, name), self._runner)

    def close(self) -> None:
        _run(self._runner, cast(MolamAsyncClient, self._subject).aclose())


class _BlockingPages(Generic[T]):
    """A list."""

    def __init__(self, pages: AsyncPages[T], runner: asyncio.Runner) -> None:
        self._pages = pages
        self._runner = runner

    def page(self) -> "_BlockingPage[T]":
        return _BlockingPage(_run(self._runner, self._pages.page()), self._runner)

    def __iter__(self) -> Iterator[T]:
        items = self._pages.__aiter__()
        try:
            while True:
                yield _run(self._runner, anext(items))
        except StopAsyncIteration:
            return


class _BlockingPage(Generic[T]):
    """One page of a list."""

    def __init__(self, page: AsyncPage[T], runner: asyncio.Runner) -> None:
        self._page = page
        self._runner = runner
        self.data = page.data
        self.has_more = page.has_more
        self.next_cursor = page.next_cursor

    def next_page(self) -> "_BlockingPage[T] | None":
        following = _run(self._runner, self._page.next_page())
        return None if following is None else _BlockingPage(following, self._runner)


def _wrapped(value: Any, runner: asyncio.Runner) -> Any:
    if _is_a_list(value):
        return _BlockingPages(value, runner)
    if isawaitable(value):
        return _wrapped(_run(runner, value), runner)
    if isinstance(value, MolamAsyncClient) or type(value).__module__.startswith("molam_sdk.resources.aio"):
        return _Blocking(value, runner)
    if callable(value):
        return partial(_called, value, runner)
    return value


def _is_a_list(value: object) -> TypeGuard[AsyncPages[Any]]:
    return isinstance(value, AsyncPages)


def _called(method: Callable[..., object], runner: asyncio.Runner, /, *args: Any, **kwargs: Any) -> Any:
    return _wrapped(method(*args, **kwargs), runner)


def _run(runner: asyncio.Runner, awaitable: Awaitable[T]) -> T:
    async def wait() -> T:
        return await awaitable

    return runner.run(wait())
