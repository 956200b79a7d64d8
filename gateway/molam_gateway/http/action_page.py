"""The page on which a sandbox customer approves or refuses a payment that requires action."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class CustomerAction:
    """A payment that waits, or waited, for its customer."""

    amount: int
    currency: str
    payment_intent: str
    open: bool
    return_url: str | None


class CustomerActions(Protocol):
    """What the page shows and what it does."""

    async def find(self, token: str) -> CustomerAction | None:
        """The action of a link; None if the link is wrong."""
        ...

    async def decide(self, token: str, *, approve: bool) -> None:
        """Let the customer decide; answers when the payment knows."""
        ...


class ActionPage:
    """Shows the two buttons and passes on which one was pressed."""

    def __init__(self, actions: CustomerActions) -> None:
        self._actions = actions

    def routes(self) -> list[Route]:
        """Where the page lives."""
        return [Route(PATH, self.show, methods=["GET"]), Route(PATH, self.decide, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Ask the customer."""
        action = await self._actions.find(request.path_params["token"])
        if action is None:
            return pages.page("Unknown link", pages.paragraph("There is no payment behind this link."), status=404)
        if not action.open:
            return pages.page("Decided", pages.paragraph("This payment does not wait for a decision any more."))
        words = f"Pay {action.amount} {action.currency} (minor units) for {action.payment_intent}?"
        return pages.page("Molam sandbox", pages.paragraph(words), _FORM)

    async def decide(self, request: Request) -> Response:
        """Act on the button, then send the customer back to the shop."""
        token = request.path_params["token"]
        decision = await _decision(request)
        action = await self._actions.find(token)
        if action is None or decision not in ("approve", "refuse"):
            return await self.show(request)
        if action.open:
            await self._actions.decide(token, approve=decision == "approve")
        if action.return_url is not None and urlsplit(action.return_url).scheme in ("http", "https"):
            return RedirectResponse(action.return_url, status_code=303, headers={"Cache-Control": "no-store"})
        done = "The payment was approved." if decision == "approve" else "The payment was refused."
        return pages.page("Molam sandbox", pages.paragraph(done))


async def _decision(request: Request) -> str:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM:
            return ""
    return parse_qs(body.decode("ascii", "replace")).get("decision", [""])[-1]
