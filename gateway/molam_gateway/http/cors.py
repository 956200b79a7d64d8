"""Lets web pages of listed origins call the API with credentials of their own, never with cookies."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "Molam-Account",
    "Molam-Attempt-Id",
    "Molam-Deadline-Ms",
    "Molam-Version",
)
_ANSWER_HEADERS = (
    "Request-Id",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "Idempotent-Replayed",
    "Original-Request-Id",
    "Molam-Attempt-Id",
)
_REMEMBERED = 600


def shared_with(origins: Sequence[str], app: ASGIApp) -> ASGIApp:
    """The application itself without origins; else one that answers preflights before anybody is asked who they are."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=_METHODS,
        allow_headers=_REQUEST_HEADERS,
        expose_headers=_ANSWER_HEADERS,
        allow_credentials=False,
        max_age=_REMEMBERED,
    )
