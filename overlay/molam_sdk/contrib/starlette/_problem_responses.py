"""Errors of the SDK as answers of the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from ...errors import MolamError
from .._problems import problem_of

if TYPE_CHECKING:
    from starlette.requests import Request


async def problem_response(request: Request, error: Exception) -> Response:
    """Answer an error that an endpoint let through with `application/problem+json`.

        app.add_exception_handler(errors.MolamError, problem_response)

    A declined payment is 402, an argument that Molam refused 400, what may succeed later 502, 503 or 504, with
    Retry-After where it is known. What the application itself has to mend, its API key say, is 500. 5xx are logged.
    """
    if not isinstance(error, MolamError):
        raise error
    problem = problem_of(error)
    return Response(problem.body, problem.status, problem.headers)
