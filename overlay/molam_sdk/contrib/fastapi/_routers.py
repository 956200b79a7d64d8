"""The route for webhooks as a router of FastAPI."""

from __future__ import annotations

from fastapi import APIRouter

from .. import starlette


class Webhooks(starlette.Webhooks):
    """A receiver of webhooks, with functions for types of events or with an inbox; see `contrib.starlette.Webhooks`.

    app.include_router(webhooks.router("/webhooks/molam"))
    """

    def router(self, path: str, *, name: str = "molam_webhook") -> APIRouter:
        """Return a router that receives webhooks by POST; a `{tenant}` in the path is told to the inbox.

        It is no part of the application's OpenAPI document: only Molam calls it, and its body is Molam's.
        """
        router = APIRouter()
        router.add_route(path, self.receive, methods=["POST"], name=name, include_in_schema=False)
        return router
