"""The page on which a sandbox customer approves or refuses a payment that requires action."""

from collections.abc import Awaitable, Callable
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from . import pages
from .pages import Markup

PATH = "/sandbox/actions/{token}"
_FORM = Markup(
    '<form method="post"><button name="decision" value="approve">Approve</button>'
    '<button name="decision" value="refuse">Refuse</button></form>'
)
_MAX_FORM = 1024


class CustomerAction(Protocol):
    """A payment that waits, or waited, for its customer."""

    @property
    def payment_intent(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def open(self) -> bool: ...
    @property
    def return_url(self) -> str | None: ...
    @property
    def cancel_url(self) -> str | None: ...


class Decide(Protocol):
    """Lets the customer decide; answers when the payment knows."""

    def __call__(self, token: str, *, approve: bool) -> Awaitable[CustomerAction | None]: ...


Find = Callable[[str], Awaitable[CustomerAction | None]]


class ActionPage:
    """Shows the two buttons and passes on which one was pressed."""

    def __init__(self, find: Find, decide: Decide) -> None:
        self._find = find
        self._decide = decide

    def routes(self) -> list[Route]:
        """Where the page lives."""
        return [Route(PATH, self.show, methods=["GET"]), Route(PATH, self.decide, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Ask the customer."""
        action = await self._find(request.path_params["token"])
        if action is None:
            return pages.page("Unknown link", pages.paragraph("There is no payment behind this link."), status=404)
        if not action.open:
            return pages.page("Decided", pages.paragraph("This payment does not wait for a decision any more."))
        words = f"Pay {action.amount} {action.currency} (in minor units) for {action.payment_intent}?"
        return pages.page(
            "Molam sandbox", pages.paragraph(words), _FORM, back_to=(action.return_url, action.cancel_url)
        )

    async def decide(self, request: Request) -> Response:
        """Act on the button, then send the customer back to the shop."""
        decision = await _decision(request)
        if decision not in ("approve", "refuse"):
            return await self.show(request)
        approve = decision == "approve"
        action = await self._decide(request.path_params["token"], approve=approve)
        if action is None:
            return await self.show(request)
        target = action.return_url if approve else action.cancel_url or action.return_url
        if target is not None and urlsplit(target).scheme in ("http", "https"):
            return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
        done = "The payment was approved." if approve else "The payment was refused."
        return pages.page("Molam sandbox", pages.paragraph(done))


async def _decision(request: Request) -> str:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM:
            return ""
    return parse_qs(body.decode("ascii", "replace")).get("decision", [""])[-1]
