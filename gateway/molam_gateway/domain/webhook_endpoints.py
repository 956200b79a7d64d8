"""Webhook endpoints: what they are, how the API shows them and what their secrets are sealed for."""

from collections.abc import Sequence
from dataclasses import dataclass

from .times import rfc3339

SECRET_PREFIX = "whsec_"  # noqa: S105 - the notation of Standard Webhooks, not a secret


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver; `kid` counts its signing secrets, the highest signs first.

    `status_reason` says why the gateway disabled it. The schedule is in seconds; None stands for the defaults.
    """

    id: str
    account_id: str
    livemode: bool
    url: str
    enabled_events: Sequence[str]
    description: str | None
    status: str
    status_reason: str | None
    retry_schedule: Sequence[int] | None
    max_concurrency: int | None
    kid: int
    created_at: int
    updated_at: int
    sequence: int


def document(endpoint: Endpoint, secret: str | None = None) -> dict[str, object]:
    """The API's form; `secret` only in the answers that create or rotate it."""
    return {
        "id": endpoint.id,
        "object": "webhook_endpoint",
        "url": endpoint.url,
        "enabled_events": list(endpoint.enabled_events),
        "description": endpoint.description,
        "status": endpoint.status,
        "status_reason": endpoint.status_reason,
        "retry_schedule": endpoint.retry_schedule and list(endpoint.retry_schedule),
        "max_concurrency": endpoint.max_concurrency,
        "secret": secret,
        "kid": key_id(endpoint.kid),
        "livemode": endpoint.livemode,
        "created_at": rfc3339(endpoint.created_at),
        "updated_at": rfc3339(endpoint.updated_at),
    }


def key_id(kid: int) -> str:
    """The key id in signatures."""
    return f"k{kid}"


def secret_purpose(endpoint_id: str, kid: int) -> str:
    """What an endpoint's signing secret is encrypted for."""
    return f"webhook_secret:{endpoint_id}:{kid}"


def account_secret_purpose(account_id: str) -> str:
    """What an account's own signing secret is encrypted for."""
    return f"account_webhook_secret:{account_id}"
