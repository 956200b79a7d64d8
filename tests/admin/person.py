"""Somebody at the dashboard, by plain HTTP: keeps cookies, reads forms, follows nothing by itself."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from types import TracebackType
from typing import Any, Self

import httpx

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
_ONCE = re.compile(r'name="once" value="([0-9a-f]{32})"')


class Person:
    """A browser's manners: forms carry the page's origin and hidden fields."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.Client(base_url=url, timeout=30)

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.client.get(path, params=query or None)

    def csrf(self, path: str) -> str:
        """The token in the last form of a page."""
        found = _CSRF.findall(self.get(path).text)
        assert found, f"there is no form on {path}"
        return str(found[-1])

    def once(self, path: str) -> str:
        """The number of the form on a page."""
        match = _ONCE.search(self.get(path).text)
        assert match is not None
        return match[1]

    def post(self, path: str, fields: Mapping[str, str], origin: str | None = "", **headers: str) -> httpx.Response:
        sent: dict[str, Any] = {**headers} if origin is None else {"Origin": origin or self.url, **headers}
        return self.client.post(path, data=dict(fields), headers=sent)

    def sign_in(self, key: str) -> httpx.Response:
        csrf = self.csrf("/admin/sign-in")
        return self.post("/admin/sign-in", {"key": key, "csrf": csrf})

    @property
    def session(self) -> str | None:
        """The session's cookie."""
        return next((each.value for each in self.client.cookies.jar if "molam_admin" in each.name), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.client.close()


class Markup(HTMLParser):
    """What a page is made of: its tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
