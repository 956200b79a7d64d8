"""Stands before every page: knows who asks, whether they may, and that forms are our own."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from ..domain.problems import ProblemError
from ..services import Services
from . import forms, rendering
from .cookies import Cookies
from .sessions import Sessions, Visit, account_of

SIGN_IN = "/admin/sign-in"

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Show: TypeAlias = Callable[[Visit], Awaitable[Response]]
Act: TypeAlias = Callable[[Visit, Mapping[str, str]], Awaitable[Response]]


class Gate:
    """Makes endpoints of what shows pages and of what acts on forms."""

    def __init__(self, services: Services, sessions: Sessions, cookies: Cookies) -> None:
        self._vault = services.vault
        self._sessions = sessions
        self._cookies = cookies

    @property
    def keys(self) -> tuple[bytes, ...]:
        """What forms are signed with."""
        return self._vault.derivations("admin forms")

    def page(self, scope: str, show: Show) -> Endpoint:
        """A page for those with a scope; everybody else is led to the sign-in, or told what is missing."""

        async def endpoint(request: Request) -> Response:
            visit = await self.visit(request, touch=True)
            if visit is None:
                return rendering.see_other(SIGN_IN)
            return await _guarded(visit, scope, lambda: show(visit))

        return endpoint

    def part(self, scope: str, show: Show) -> Endpoint:
        """Part of a page, which a script asks for by itself: that keeps nobody signed in."""

        async def endpoint(request: Request) -> Response:
            visit = await self.visit(request, touch=False)
            if visit is None:
                return rendering.page("part_signed_out.html", status=401)
            return await _guarded(visit, scope, lambda: show(visit))

        return endpoint

    def form(self, scope: str, act: Act) -> Endpoint:
        """What a form does, for those with a scope, if one of our pages made it for them."""

        async def endpoint(request: Request) -> Response:
            visit = await self.visit(request, touch=True)
            if visit is None:
                return rendering.see_other(SIGN_IN)
            try:
                fields = await forms.read(request, self.keys, visit.cookie)
            except forms.ForgeryError:
                return forged(visit)
            except forms.FormError:
                return unreadable(visit)
            return await _guarded(visit, scope, lambda: act(visit, fields))

        return endpoint

    async def visit(self, request: Request, *, touch: bool) -> Visit | None:
        """Who asks; None for everybody who is not signed in."""
        cookie = self._cookies.read(request, self._cookies.session)
        row = None if cookie is None else await self._sessions.find(cookie, touch=touch)
        if cookie is None or row is None:
            return None
        return Visit(request, account_of(row), cookie, forms.token(self.keys, cookie), row.name or f"…{row.last4}")


async def _guarded(visit: Visit, scope: str, answer: Callable[[], Awaitable[Response]]) -> Response:
    if not visit.may(scope):
        words = f"The API key that you signed in with lacks the scope {scope}."
        return rendering.page("refusal.html", status=403, visit=visit, title="Not allowed", words=words)
    try:
        return await answer()
    except ProblemError as error:
        return rendering.page(
            "refusal.html", status=error.status, visit=visit, title=error.kind.title, words=error.detail
        )


def forged(visit: Visit | None) -> Response:
    """The answer to a form that may not be ours."""
    words = (
        "This form was not made by this dashboard for you, or it is from before you signed in. Go back and try again."
    )
    return rendering.page("refusal.html", status=403, visit=visit, title="Not accepted", words=words)


def unreadable(visit: Visit | None) -> Response:
    """The answer to what is no form."""
    return rendering.page(
        "refusal.html", status=400, visit=visit, title="Not understood", words="This request is no form."
    )
