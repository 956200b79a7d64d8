"""Turns whatever failed into a problem for the caller."""

import logging

from ..domain.problems import ProblemError
from ..storage.port import BusyError, IntegrityError, StoreError

logger = logging.getLogger("molam_gateway.http")


def as_problem(error: Exception, request_id: str) -> ProblemError:
    """The refusal itself, 503 while the database cannot be used, 500 for everything that nobody foresaw."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, BusyError):
        return ProblemError("overloaded", "The database is busy: repeat the request.", retry_after=1)
    logger.error("%s failed", request_id, exc_info=error)
    if isinstance(error, StoreError) and not isinstance(error, IntegrityError):
        return ProblemError("overloaded", "The database cannot be used: repeat the request.", retry_after=1)
    return ProblemError("internal_error", f"Something failed in the gateway: quote {request_id} when you report it.")
