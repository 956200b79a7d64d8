"""Why the gateway closes a WebSocket, by code."""

from ..domain.problems import ProblemError

POLICY = 1008
TRY_LATER = 1013
UNAUTHENTICATED = 4401
FORBIDDEN = 4403
UNKNOWN = 4404
SLOW = 4408
TOO_MANY = 4429

_BY_STATUS = {401: UNAUTHENTICATED, 403: FORBIDDEN, 404: UNKNOWN, 429: TOO_MANY}


def of_problem(problem: ProblemError) -> int:
    """The code of a refusal."""
    return _BY_STATUS.get(problem.status, TRY_LATER)
