"""What is at the root: where to find what, for programs and for people who look into it with a browser."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import pages, reference
from .pages import Markup

NAME = "Molam gateway"
_LINKS = {
    "documentation": reference.DOCS,
    "openapi": reference.SPEC,
    "dashboard": "/admin",
    "health": "/api/v1/health",
    "api": "/v1",
    "gateway_api": "/api/v1",
}
_WORDS = {
    "documentation": "every operation, to read and to try out",
    "openapi": "the same for programs",
    "dashboard": "payments, webhooks and what waits for people",
    "health": "whether the gateway works",
}


class FrontPage:
    """JSON, or a page for those who prefer one."""

    def __init__(self, public_url: str, version: str, *, livemode: bool) -> None:
        self._public_url = public_url
        self._version = version
        self._livemode = livemode

    def routes(self) -> list[Route]:
        """Where it is served."""
        return [Route("/", self.show, methods=["GET"])]

    async def show(self, request: Request) -> Response:
        """Name, version, mode and links."""
        if _wants_html(request.headers.get("accept", "")):
            mode = "live" if self._livemode else "sandbox: no real money"
            items = "".join(
                f'<li><a href="{_LINKS[name]}">{_LINKS[name]}</a>: {what}</li>' for name, what in _WORDS.items()
            )
            answer: Response = pages.page(
                NAME, pages.paragraph(f"Version {self._version}, {mode}."), Markup(f"<ul>{items}</ul>")
            )
        else:
            links = {name: f"{self._public_url}{path}" for name, path in _LINKS.items()}
            answer = JSONResponse(
                {"name": NAME, "version": self._version, "livemode": self._livemode, "links": links},
                headers={"Cache-Control": "no-store"},
            )
        answer.headers["Vary"] = "Accept"
        return answer


def _wants_html(accept: str) -> bool:
    """Browsers name HTML; who names JSON too, or anything, gets JSON."""
    named = [each.partition(";")[0].strip().lower() for each in accept.split(",")]
    return "text/html" in named and "application/json" not in named
