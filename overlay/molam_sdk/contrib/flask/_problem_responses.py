"""Errors of the SDK as answers of the application."""

from __future__ import annotations

from flask import Response

from ...errors import MolamError
from .._problems import problem_of


def problem_response(error: MolamError) -> Response:
    """Answer an error that a view let through with `application/problem+json`.

        app.register_error_handler(errors.MolamError, problem_response)

    A declined payment is 402, an argument that Molam refused 400, what may succeed later 502, 503 or 504, with
    Retry-After where it is known. What the application itself has to mend, its API key say, is 500. 5xx are logged.
    """
    problem = problem_of(error)
    return Response(problem.body, problem.status, problem.headers)
