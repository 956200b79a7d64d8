"""The page on which a customer authenticates a payment to their bank."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from .world import Document

_PAGE = """<!doctype html><meta charset="utf-8"><title>3D Secure (simulated)</title>
<form method="post"><button name="outcome" value="complete">Complete</button>
<button name="outcome" value="fail">Fail</button></form>"""


def routes(find: Callable[[str], Document | None], decide: Callable[[str, bool], Document]) -> list[Route]:
    """Where `next_action` sends customers; they come back to the payment's `return_url`."""

    async def page(request: Request) -> Response:
        if find(request.path_params["id"]) is None:
            return Response(status_code=404)
        return HTMLResponse(_PAGE)

    async def decided(request: Request) -> Response:
        id = request.path_params["id"]
        intent = find(id)
        if intent is None:
            return Response(status_code=404)
        outcome = parse_qs((await request.body()).decode(errors="replace")).get("outcome", [""])[0]
        intent = decide(id, outcome == "complete")
        separator = "&" if "?" in intent["_return_url"] else "?"
        query = urlencode(
            {"payment_intent": id, "redirect_status": "failed" if intent["last_payment_error"] else "succeeded"}
        )
        return RedirectResponse(f"{intent['_return_url']}{separator}{query}", 303)

    return [
        Route("/3d_secure/{id}", page, methods=["GET"]),
        Route("/3d_secure/{id}", decided, methods=["POST"]),
    ]
