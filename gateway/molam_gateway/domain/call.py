"""One authenticated, validated API call and the answer that goes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .audit.actors import NOWHERE, SOME_KEY, Actor, Origin


@dataclass(frozen=True, slots=True)
class Account:
    """The tenant for whom a call is made, what the key that made it may do, and whose key it is.

    `token_id` is there if a token spoke for the key, and `subject` if the token was made for one customer; `expires_at`
    is when the token does, in milliseconds of unix time.
    """

    id: str
    livemode: bool
    scopes: frozenset[str] = frozenset()
    actor: Actor = SOME_KEY
    token_id: str | None = None
    subject: str | None = None
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation may know of the request.

    `deadline` is in the seconds of `time.monotonic()`, the event loop's clock: the moment until which the caller waits.
    `fingerprint` is `domain.fingerprint.fingerprint(...)` of the request as sent.
    """

    operation_id: str
    account: Account
    request_id: str
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, object] = field(default_factory=dict[str, object])
    body: dict[str, object] | None = None
    idempotency_key: str | None = None
    fingerprint: bytes = b""
    deadline: float | None = None
    attempt_id: str | None = None
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON object (or its exact bytes, sent as they are) and headers that the operation decides.

    Without a `Content-Type` header the body is `application/json`.
    """

    status: int
    body: Mapping[str, object] | bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
