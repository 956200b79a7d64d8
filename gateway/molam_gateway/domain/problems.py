"""Refusals with their codes, and the problem document (RFC 9457) of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DOCS = "https://docs.molam.com/errors/"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """What every problem of one code has in common."""

    status: int
    error_type: str
    title: str
    retryable: bool = False


KINDS: Mapping[str, Kind] = {
    "parameter_missing": Kind(400, "validation_error", "A required parameter is missing"),
    "parameter_invalid": Kind(400, "validation_error", "A parameter is not valid"),
    "parameter_unknown": Kind(400, "validation_error", "A parameter is not known"),
    "amount_invalid": Kind(400, "validation_error", "The amount is not valid"),
    "amount_not_representable": Kind(400, "validation_error", "The provider cannot carry this amount"),
    "currency_unsupported": Kind(400, "validation_error", "The currency is not supported"),
    "provider_not_configured": Kind(400, "validation_error", "The provider is not configured"),
    "partial_refund_unsupported": Kind(400, "validation_error", "The provider refunds whole charges only"),
    "card_data_not_allowed": Kind(400, "validation_error", "Card data is not accepted"),
    "idempotency_key_missing": Kind(400, "validation_error", "The Idempotency-Key header is missing"),
    "idempotency_key_invalid": Kind(400, "validation_error", "The Idempotency-Key header is not valid"),
    "malformed_http": Kind(400, "validation_error", "The request is not valid HTTP"),
    "malformed_json": Kind(400, "validation_error", "The body is not valid JSON"),
    "api_key_invalid": Kind(401, "authentication_error", "The API key is not valid"),
    "token_expired": Kind(401, "authentication_error", "The token has expired"),
    "token_invalid": Kind(401, "authentication_error", "The token is not valid"),
    "signature_invalid": Kind(401, "authentication_error", "The signature is not valid"),
    "card_declined": Kind(402, "payment_error", "The payment was declined"),
    "insufficient_funds": Kind(402, "payment_error", "The payer has insufficient funds"),
    "wrong_pin": Kind(402, "payment_error", "The payer entered a wrong PIN"),
    "canceled_by_customer": Kind(402, "payment_error", "The payer refused the payment"),
    "payment_not_sent": Kind(402, "payment_error", "The provider was not reached and nothing was sent"),
    "limit_exceeded": Kind(402, "payment_error", "The payment exceeds a limit"),
    "scope_missing": Kind(403, "permission_error", "The API key lacks a scope"),
    "livemode_mismatch": Kind(403, "permission_error", "The API key belongs to the other mode"),
    "account_forbidden": Kind(403, "permission_error", "The API key may not act for this account"),
    "host_forbidden": Kind(403, "permission_error", "The Host header is not allowed"),
    "origin_forbidden": Kind(403, "permission_error", "The page's origin is not allowed"),
    "resource_missing": Kind(404, "not_found_error", "There is no such object"),
    "route_missing": Kind(404, "not_found_error", "There is no such route"),
    "method_not_allowed": Kind(405, "validation_error", "The method is not allowed here"),
    "idempotency_in_flight": Kind(409, "conflict_error", "A call with this key is still running", retryable=True),
    "idempotency_key_expired": Kind(409, "conflict_error", "The key was used before and has expired"),
    "payment_in_flight": Kind(409, "conflict_error", "An attempt is still in doubt"),
    "invalid_state": Kind(409, "conflict_error", "The object's state does not allow this"),
    "refund_exceeds_captured": Kind(409, "conflict_error", "The refund exceeds what was captured"),
    "already_refunded": Kind(409, "conflict_error", "The charge is fully refunded"),
    "balance_insufficient": Kind(409, "conflict_error", "The balance is not sufficient"),
    "body_too_large": Kind(413, "validation_error", "The body is too large"),
    "unsupported_media_type": Kind(415, "validation_error", "The media type is not supported"),
    "idempotency_key_reused": Kind(422, "idempotency_error", "The key was used for another request"),
    "rate_limited": Kind(429, "rate_limit_error", "Too many requests", retryable=True),
    "internal_error": Kind(500, "api_error", "The gateway failed", retryable=True),
    "provider_unavailable": Kind(503, "provider_error", "The provider cannot be reached", retryable=True),
    "overloaded": Kind(503, "api_error", "The gateway is overloaded", retryable=True),
}
"""Every code the gateway answers with."""


@dataclass(frozen=True, slots=True)
class Resource:
    """The object a problem is about."""

    object: str
    id: str
    status: str | None = None


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault in the request; `pointer` is a JSON pointer into the body, or the parameter's name."""

    pointer: str
    code: str
    detail: str


class ProblemError(Exception):
    """A refusal that becomes a problem document; raised anywhere, rendered by the HTTP layer.

    `code` is a key of `KINDS`, `retry_after` is in seconds.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        param: str | None = None,
        errors: Sequence[FieldError] = (),
        decline_code: str | None = None,
        provider: str | None = None,
        provider_code: str | None = None,
        retry_after: float | None = None,
        resource: Resource | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.kind = KINDS[code]
        self.detail = detail
        self.param = param
        self.errors = tuple(errors)
        self.decline_code = decline_code
        self.provider = provider
        self.provider_code = provider_code
        self.retry_after = retry_after
        self.resource = resource

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.kind.status


def problem_document(error: ProblemError, request_id: str, docs: str = DOCS) -> dict[str, object]:
    """The body of the answer to `error`; every member is present, absent ones are null."""
    resource = error.resource
    return {
        "type": docs + error.code,
        "title": error.kind.title,
        "status": error.kind.status,
        "detail": error.detail,
        "instance": f"urn:molam:request:{request_id}",
        "error_type": error.kind.error_type,
        "code": error.code,
        "param": error.param,
        "errors": [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in error.errors],
        "request_id": request_id,
        "decline_code": error.decline_code,
        "provider": error.provider,
        "provider_code": error.provider_code,
        "retryable": error.kind.retryable,
        "retry_after": error.retry_after,
        "doc_url": docs + error.code,
        "resource": resource and {"object": resource.object, "id": resource.id, "status": resource.status},
    }
