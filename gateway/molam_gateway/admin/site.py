"""Puts the dashboard's pages together."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..access.allowance import Limiter
from ..http.auth import Authenticator
from ..services import Services
from . import assets, rendering
from .adoption import AdoptionPage, Meter
from .cases import Cases
from .cookies import Cookies
from .gate import Gate
from .overview import Overview
from .payments import Payments
from .providers import ProvidersPage
from .sessions import Sessions
from .sign_in import OPEN, SignIn
from .webhooks import Webhooks

PREFIX = "/admin"


@dataclass(frozen=True, slots=True)
class Site:
    """The dashboard of one gateway."""

    routes: list[Route]
    sessions: Sessions

    async def new_link(self, fingerprints: list[str]) -> str:
        """The path of a page that signs in once, for the API key with one of these fingerprints."""
        return OPEN.format(token=await self.sessions.new_link(fingerprints))


def site(services: Services, authenticator: Authenticator, limiter: Limiter, meter: Meter) -> Site:
    """Every page with its routes; the first match counts."""
    sessions, cookies = Sessions(services), Cookies.of(services.settings.public_url)
    gate = Gate(services, sessions, cookies)
    return Site(
        [
            *SignIn(gate, sessions, cookies, authenticator, limiter).routes(),
            Route(f"{assets.PREFIX}{{name}}", assets.serve, methods=["GET"]),
            Route(f"{PREFIX}/", _home, methods=["GET"]),
            *Overview(services).routes(gate),
            *Payments(services, sessions).routes(gate),
            *Webhooks(services, sessions).routes(gate),
            *ProvidersPage(services, sessions).routes(gate),
            *Cases(services).routes(gate),
            *AdoptionPage(services, meter).routes(gate),
        ],
        sessions,
    )


async def _home(request: Request) -> Response:
    return rendering.see_other(PREFIX)


class Under:
    """An ASGI application that leads to one for what is under the dashboard's path, and to another for the rest."""

    def __init__(self, dashboard: ASGIApp, otherwise: ASGIApp) -> None:
        self._dashboard = dashboard
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        path = scope["path"]
        inside = path == PREFIX or path.startswith(f"{PREFIX}/")
        await (self._dashboard if inside and scope["type"] == "http" else self._otherwise)(scope, receive, send)
