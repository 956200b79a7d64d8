"""The typed errors that the SDK raises.

MolamError                        every error of the SDK
├── ApiError                      the API refused the call (4xx) or failed to serve it (5xx)
│   ├── ValidationError           400, 405, 413, 415; also an argument refused before sending
│   ├── AuthenticationError       401
│   ├── DeclinedError             402, the payment was declined
│   ├── PermissionDeniedError     403
│   ├── NotFoundError             404
│   ├── ConflictError             409
│   ├── IdempotencyError          422, the key was used for another request
│   ├── RateLimitError            429
│   ├── ServerError               5xx
│   └── ProviderError             5xx, the payment provider failed
├── NetworkError                  no answer was received
│   ├── TimeoutError              ... in time (also the builtin TimeoutError)
│   └── CircuitOpenError          ... because the breaker let nothing through
├── UnexpectedResponseError       a 2xx that cannot be read, a redirect, an answer to another request
├── StorageError                  the journal, store or inbox in the user's database cannot be used
├── SignatureError                a webhook that is not authentic
└── ConfigurationError            a client that cannot work as configured (also ValueError)
    └── CallBlockedError          ... because a test must not send anything out
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ._advice import advice as advice_for
from ._problem import (
    FieldProblem,
    ResourceReference,
    describe,
    field_problems,
    identifier,
    parse_problem,
    portable,
    resource_reference,
    seconds,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self, TypedDict, Unpack

E = TypeVar("E", bound="MolamError")

Outcome = Literal["not_sent", "unknown", "rejected"]
Phase = Literal["dns", "connect", "tls", "write", "headers", "body"]
SignatureReason = Literal["missing_header", "malformed", "expired", "future", "unknown_kid", "mismatch", "too_large"]

if TYPE_CHECKING:

    class _Common(TypedDict, total=False):
        code: str | None
        status_code: int | None
        request_id: str | None
        payload: Mapping[str, Any] | None
        idempotency_key: str | None
        attempts: int
        outcome: Outcome
        retry_after: float | None
        doc_url: str | None
        cause_type: str | None


__all__ = [
    "ApiError",
    "AuthenticationError",
    "CallBlockedError",
    "CircuitOpenError",
    "ConfigurationError",
    "ConflictError",
    "DeclinedError",
    "FieldProblem",
    "IdempotencyError",
    "MolamError",
    "NetworkError",
    "NotFoundError",
    "Outcome",
    "PermissionDeniedError",
    "Phase",
    "ProviderError",
    "RateLimitError",
    "ResourceReference",
    "ServerError",
    "SignatureError",
    "SignatureReason",
    "StorageError",
    "TimeoutError",
    "UnexpectedResponseError",
    "ValidationError",
]


class MolamError(Exception):
    """Root of every error that the SDK raises.

    Attributes:
        message: What happened, to which request and what to do next; also `str(error)`.
        code: The API's machine-readable code (`card_declined`), where there is one.
        status_code: HTTP status of the answer; None where no answer was read.
        request_id: The id under which Molam can find the request.
        payload: The parsed problem document (RFC 9457) of the answer.
        idempotency_key: Key of the mutating call: repeat with it and nothing happens twice.
        attempts: How many attempts were made.
        outcome: What is known of the whole call: `not_sent` (nothing left this process),
            `rejected` (the API refused it, nothing was done) or `unknown` (it may have been done:
            repeat it with the same key, or retrieve the object).
        retry_after: Seconds after which a repetition may succeed.
        doc_url: Page that explains the code.
        cause_type: Class name of the foreign exception behind this error.

    A pickle of it leaves out what may show a customer: free text of the server, unknown members of its problem
    document, and the bytes of an answer. A copy within the process has everything.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        status_code: int | None = None,
        request_id: str | None = None,
        payload: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        attempts: int = 0,
        outcome: Outcome = "not_sent",
        retry_after: float | None = None,
        doc_url: str | None = None,
        cause_type: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status_code = status_code
        self.request_id = request_id
        self.payload = payload
        self.idempotency_key = idempotency_key
        self.attempts = attempts
        self.outcome: Outcome = outcome
        self.retry_after = retry_after
        self.doc_url = doc_url
        self.cause_type = cause_type

    def __copy__(self) -> Self:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: object) -> Self:
        twin = _restore(type(self), self.args)
        vars(twin).update(vars(self))
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args), portable(vars(self))


class ApiError(MolamError):
    """Raised when the API answers with a 4xx or 5xx for which there is no narrower class.

    Attributes:
        errors: The single problems of a request that was not valid.
        param: Name of the offending parameter.
        decline_code: Reason of a decline (`insufficient_funds`).
        provider: Payment provider that answered.
        provider_code: The provider's own code.
        retryable: Whether the API holds a later repetition for promising.
        resource: The object concerned: a declined create still leaves its payment intent.
    """

    def __init__(
        self,
        message: str,
        *,
        errors: Sequence[FieldProblem] = (),
        param: str | None = None,
        decline_code: str | None = None,
        provider: str | None = None,
        provider_code: str | None = None,
        retryable: bool | None = None,
        resource: ResourceReference | None = None,
        **common: Unpack[_Common],
    ) -> None:
        super().__init__(message, **common)
        self.errors = tuple(errors)
        self.param = param
        self.decline_code = decline_code
        self.provider = provider
        self.provider_code = provider_code
        self.retryable = retryable
        self.resource = resource


class ValidationError(ApiError):
    """Raised when a request is not valid: correct `param` (and `errors`) before calling again.

    Arguments that the SDK itself refuses raise it before anything is sent: then `status_code` is
    None and `outcome` is `not_sent`.
    """


class AuthenticationError(ApiError):
    """Raised when the API does not accept the API key or token (401): replace the credential."""


class DeclinedError(ApiError):
    """Raised when the payment is declined (402).

    `decline_code` says why; `resource` names the payment intent, which waits for another payment
    method. Ask the customer for one and confirm that intent again.
    """


class PermissionDeniedError(ApiError):
    """Raised when the key may not do this (403): use one with the scope or mode it needs."""


class NotFoundError(ApiError):
    """Raised when the object does not exist for this account and mode (404): check id and key."""


class ConflictError(ApiError):
    """Raised when the state of an object forbids the call (409): retrieve the object and decide.

    With the code `idempotency_in_flight` another call with the same key is still running: repeat
    after `retry_after` with the same key.
    With `idempotency_key_expired` the key made an object long ago: retrieve the one named in
    `resource`, or list and look for it; another key would make a second one.
    """


class IdempotencyError(ApiError):
    """Raised when an idempotency key was used for another request (422).

    A new request needs a key of its own; where `outcome` is `unknown` an earlier attempt may have been done, and
    another key would do it again.
    """


class RateLimitError(ApiError):
    """Raised when too many requests were sent (429): wait `retry_after` seconds and slow down."""


class ServerError(ApiError):
    """Raised when the API fails (5xx): repeating with the same idempotency key is safe."""


class ProviderError(ApiError):
    """Raised when the payment provider fails (5xx): repeating with the same key is safe."""


class NetworkError(MolamError):
    """Raised when no complete answer arrives; `outcome` says whether the call may have been done.

    Attributes:
        phase: How far the last attempt came: dns, connect, tls, write, headers or body.
    """

    def __init__(
        self,
        message: str,
        *,
        phase: Phase | None = None,
        **common: Unpack[_Common],
    ) -> None:
        super().__init__(message, **common)
        self.phase: Phase | None = phase


class TimeoutError(NetworkError, builtins.TimeoutError):
    """Raised when a timeout or the deadline passes: if `outcome` is unknown, repeat the same key."""


class CircuitOpenError(NetworkError):
    """Raised without sending while a circuit breaker is not closed: `retry_after` says when a call may try again.

    Attributes:
        region: Base URL of the region that failed too often.
        operations: The operations that are held back there: `read` or `write`.
        state: `open`, or `half_open` while one call is out to try the region.
    """

    def __init__(
        self,
        message: str,
        *,
        region: str | None = None,
        operations: Literal["read", "write"] | None = None,
        state: Literal["open", "half_open"] = "open",
        phase: Phase | None = None,
        **common: Unpack[_Common],
    ) -> None:
        super().__init__(message, phase=phase, **common)
        self.region = region
        self.operations: Literal["read", "write"] | None = operations
        self.state: Literal["open", "half_open"] = state


class UnexpectedResponseError(MolamError):
    """Raised for an answer that is not what the API promises: unreadable, a redirect, or to another request.

    A 2xx on a mutating call was accepted by the server: look the object up by `object_id` or repeat
    with the same `idempotency_key`; never create another one.

    Attributes:
        raw: The bytes of the answer.
        object_id: Id of the object in it, where it could be read.
    """

    def __init__(
        self,
        message: str,
        *,
        raw: bytes = b"",
        object_id: str | None = None,
        **common: Unpack[_Common],
    ) -> None:
        common.setdefault("outcome", "unknown")
        super().__init__(message, **common)
        self.raw = raw
        self.object_id = object_id


class StorageError(MolamError):
    """Raised when the journal, store or inbox in your own database cannot be read or written.

    A call whose entry could not be written was not sent: `outcome` is `not_sent`.
    """


class SignatureError(MolamError):
    """Raised when a webhook is not proven authentic: answer 400 and do not act on its body.

    Attributes:
        reason: missing_header, malformed, expired, future, unknown_kid, mismatch or too_large.
    """

    def __init__(self, message: str, *, reason: SignatureReason) -> None:
        super().__init__(message)
        self.reason: SignatureReason = reason


class ConfigurationError(MolamError, ValueError):
    """Raised when a client is made with options that cannot work: correct the one it names."""


class CallBlockedError(ConfigurationError):
    """Raised in tests, before anything is sent, for a call that would leave this machine or carry a live key.

    The pytest plugin of this package sets the guard, as does `MOLAM_GUARD=on`; the message names the ways out.
    """


_CLASSES: dict[int, type[ApiError]] = {
    400: ValidationError,
    401: AuthenticationError,
    402: DeclinedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: ValidationError,
    409: ConflictError,
    413: ValidationError,
    415: ValidationError,
    422: IdempotencyError,
    429: RateLimitError,
}


def api_error(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    retry_after: float | None = None,
    idempotency_key: str | None = None,
    attempts: int = 1,
    outcome: Outcome | None = None,
    attempt_id: str | None = None,
    advice: str | None = None,
) -> ApiError:
    """Build the error for a 4xx or 5xx answer; total over any status, headers and body.

    Args:
        status: HTTP status, 400 or above.
        headers: The answer's headers, names in lower case.
        body: The answer's bytes; anything but a problem document is classified by status alone.
        retry_after: The parsed Retry-After header in seconds; the problem's own is used without it.
        idempotency_key: Key of a mutating call.
        attempts: How many attempts were made.
        outcome: Outcome of the whole call; without it that of this answer alone.
        attempt_id: Stands in as request id for an answer that names none.
        advice: What to do next, where the whole call calls for other advice than this answer.
    """
    payload = parse_problem(body)
    problem = payload or {}
    code = text(problem.get("code"))
    request_id = identifier(problem.get("request_id")) or identifier(headers.get("request-id")) or attempt_id
    error_type = text(problem.get("error_type"))
    if outcome is None:
        in_doubt = status >= 500 or code == "idempotency_in_flight" or error_type is None
        outcome = "unknown" if in_doubt else "rejected"
    retryable = problem.get("retryable")
    return _error_class(status, error_type)(
        describe(status, code, request_id, text(problem.get("detail")), advice_for(status, code, advice)),
        code=code,
        status_code=status,
        request_id=request_id,
        payload=payload,
        idempotency_key=idempotency_key,
        attempts=attempts,
        outcome=outcome,
        retry_after=seconds(problem.get("retry_after")) if retry_after is None else retry_after,
        doc_url=text(problem.get("doc_url")),
        errors=field_problems(problem.get("errors")),
        param=text(problem.get("param")),
        decline_code=text(problem.get("decline_code")),
        provider=text(problem.get("provider")),
        provider_code=text(problem.get("provider_code")),
        retryable=retryable if isinstance(retryable, bool) else None,
        resource=resource_reference(problem.get("resource")),
    )


def _error_class(status: int, error_type: str | None) -> type[ApiError]:
    if status >= 500:
        return ProviderError if error_type == "provider_error" else ServerError
    if status == 422 and error_type not in (None, "idempotency_error"):
        return ValidationError
    if status == 402 and error_type is None:  # of a proxy or firewall: nobody declined a payment
        return ApiError
    return _CLASSES.get(status, ApiError)


def _restore(cls: type[E], args: tuple[Any, ...]) -> E:
    error = cls.__new__(cls)
    error.args = args
    return error
