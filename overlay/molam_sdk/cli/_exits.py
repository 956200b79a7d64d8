"""The exit statuses of `molam`, and which of them an error of the SDK comes to."""

from __future__ import annotations

from enum import IntEnum

from ..errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    MolamError,
    NetworkError,
    PermissionDeniedError,
    RateLimitError,
    SignatureError,
    ValidationError,
)


class Exit(IntEnum):
    """What scripts may rely on."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    REFUSED = 3
    UNKNOWN = 4
    AUTHENTICATION = 5
    UNREACHABLE = 6
    FAILED_CHECK = 7
    INTERRUPTED = 130
    CLOSED_PIPE = 141


class NoKeyError(ConfigurationError):
    """Raised where there is neither a key nor a running sandbox."""


def status_of(error: MolamError) -> Exit:
    """The status that a command ends with after an error: doubt about money goes before everything else."""
    if error.outcome == "unknown" and error.idempotency_key is not None:
        return Exit.UNKNOWN
    if isinstance(error, AuthenticationError | PermissionDeniedError | NoKeyError):
        return Exit.AUTHENTICATION
    if isinstance(error, ConfigurationError) or (isinstance(error, ValidationError) and error.status_code is None):
        return Exit.USAGE
    if isinstance(error, SignatureError):
        return Exit.FAILED_CHECK
    if isinstance(error, NetworkError | RateLimitError):
        return Exit.UNREACHABLE
    if isinstance(error, ApiError) and error.status_code is not None:
        return Exit.UNREACHABLE if error.status_code >= 500 or error.status_code in (408, 425) else Exit.REFUSED
    return Exit.UNEXPECTED
