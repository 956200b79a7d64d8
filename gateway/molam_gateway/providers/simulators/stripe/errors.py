"""Refusals in Stripe's form: the error envelope with its type, code and status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_DOCS = "https://stripe.com/docs/error-codes/"


@dataclass
class StripeError(Exception):
    """An answer that is not the object asked for; `members` go into the envelope as they are."""

    status: int
    type: str
    message: str
    code: str | None = None
    param: str | None = None
    decline_code: str | None = None
    members: Mapping[str, Any] = field(default_factory=dict[str, Any])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def document(self) -> dict[str, Any]:
        """The body."""
        error: dict[str, Any] = {"message": self.message, "type": self.type}
        if self.code is not None:
            error |= {"code": self.code, "doc_url": f"{_DOCS}{self.code.replace('_', '-')}"}
        if self.param is not None:
            error["param"] = self.param
        if self.decline_code is not None:
            error["decline_code"] = self.decline_code
        return {"error": {**error, **self.members}}


def invalid(message: str, code: str | None = None, param: str | None = None, status: int = 400) -> StripeError:
    """A request that cannot be carried out as it is."""
    return StripeError(status, "invalid_request_error", message, code, param)


def missing(kind: str, id: str, param: str) -> StripeError:
    """A reference to nothing: in the path it is 404, in the parameters 400."""
    status = 404 if param in {"id", "intent"} else 400
    return invalid(f"No such {kind}: '{id}'", "resource_missing", param, status)


def internal() -> StripeError:
    """Stripe failed."""
    return StripeError(500, "api_error", "An unknown error occurred")


def idempotency(message: str, status: int = 400, code: str | None = None) -> StripeError:
    """An idempotency key that cannot be used for this."""
    headers = {"stripe-should-retry": "true" if status == 409 else "false"}
    return StripeError(status, "idempotency_error", message, code, headers=headers)


def too_many(code: str) -> StripeError:
    """Refused for now: the limit of requests is reached, or another request holds the object."""
    if code == "lock_timeout":
        message = "This object cannot be accessed right now because another API request is accessing it."
        return StripeError(429, "invalid_request_error", message, code, headers={"stripe-should-retry": "true"})
    return StripeError(
        429,
        "invalid_request_error",
        "Request rate limit exceeded.",
        code,
        headers={"stripe-rate-limited-reason": "global-rate"},
    )
