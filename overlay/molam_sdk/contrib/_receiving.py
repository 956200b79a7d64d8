"""What receivers of webhooks have in common: how much they read, with which secrets, and what they refuse."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ..config import Config
from ..errors import (
    ConfigurationError,
    MolamError,
    SignatureError,
    StorageError,
    UnexpectedResponseError,
    ValidationError,
)

if TYPE_CHECKING:
    from ..config import WebhookSecret

_log = logging.getLogger("molam_sdk.contrib")

MAX_BODY = 1024 * 1024
REFUSED = (SignatureError, StorageError, UnexpectedResponseError, ValidationError)
"""What verifying and keeping a webhook raises where the sender is to be told."""


def refusal(error: MolamError) -> int:
    """Say in the log why a webhook is refused, and return the status for the sender, who learns nothing else."""
    if isinstance(error, StorageError):
        _log.error("a webhook could not be kept, and will come again: %s", error)
        return 503
    reason = error.reason if isinstance(error, SignatureError) else type(error).__name__
    _log.warning("a webhook was refused: %s", reason)
    return 400


def too_large(limit: int) -> int:
    """Say in the log that a webhook is larger than the limit, and return the status for the sender."""
    _log.warning("a webhook was refused: it is larger than %d bytes", limit)
    return 413


def secret_of(configured: WebhookSecret | None) -> WebhookSecret:
    """Return the secret that was given, or that in MOLAM_WEBHOOK_SECRET.

    Raises:
        ConfigurationError: There is none.
    """
    secret = Config().webhook_secret if configured is None else configured
    if secret is None:
        raise ConfigurationError("no webhook secret is known: give it, or set MOLAM_WEBHOOK_SECRET")
    return secret


def checked_limit(max_body: Any) -> int:
    """Return the most bytes of a body; ConfigurationError for what is no whole number from 1."""
    if isinstance(max_body, int) and not isinstance(max_body, bool) and max_body > 0:
        return max_body
    raise ConfigurationError("the most bytes of a webhook must be a whole number, at least 1")
