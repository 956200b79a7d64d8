"""Leads requests for the pages to them; everything else goes on to the API."""

from collections.abc import Sequence
from datetime import UTC, datetime

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..domain.ids import IdGenerator
from ..telemetry import work
from . import replies

_PAGE = "page"


class PageRoutes:
    """An ASGI application around another one: a page's path asked with another method gets a problem, as the API's."""

    def __init__(self, pages: Sequence[Route], otherwise: ASGIApp, ids: IdGenerator) -> None:
        self._pages = pages
        self._otherwise = otherwise
        self._ids = ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the page, or pass the request on."""
        allowed = set[str]()
        for page in self._pages:
            match, found = page.matches(scope)
            if match is Match.FULL:
                seen = work.current()
                seen.operation, seen.route = _PAGE, page.path
                await page.handle({**scope, **found}, receive, send)
                return
            if match is Match.PARTIAL:
                allowed |= page.methods or set()
        if allowed:
            request_id = self._ids.new("req", datetime.now(UTC))
            reply = replies.of_wrong_method(scope["method"], sorted(allowed), request_id)
            await replies.with_headers(reply, {"Request-Id": request_id, "Cache-Control": "no-store"}).send(send)
            return
        await self._otherwise(scope, receive, send)
