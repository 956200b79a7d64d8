"""What the store keeps of requests and responses: a fingerprint of the one, the other as JSON, encrypted if asked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from attrs import frozen

from ...errors import ConfigurationError, ConflictError, IdempotencyError, ValidationError
from .._ages import checked_age
from .._arguments import checked_text
from .._sealing import Seal, no_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

SUBJECT = "the idempotency store"

_SOON = 2.0
"""Seconds after which to ask again for an answer that is being made."""

_KEY = re.compile(r"[\x21-\x7e]{1,255}").fullmatch
_NAME = re.compile(r"(?:[\x20-\x7e]{0,254}[\x21-\x7e])?").fullmatch
"""No space at the end: MySQL holds "shop" and "shop " for the same."""


class CachedResponse(TypedDict):
    """A stored response.

    `response` is what was stored, read back from JSON.
    """

    idempotency_key: str
    route: str
    response: Any
    status: Literal["completed"]
    created_at: datetime


@frozen(kw_only=True)
class Claim:
    """The right to serve a request, for the time of a lease.

    Attributes:
        idempotency_key: Key that the request came with.
        route: Route that it came to.
        scope: Whose key it is.
        fence: Number of this claim: a later one overtakes it.
    """

    idempotency_key: str
    route: str
    scope: str
    fence: int


@frozen
class Question:
    """A request as the store looks it up; `fingerprints` are empty if its body is not to be compared."""

    key: str
    route: str
    scope: str
    fingerprints: Sequence[str]


def checked_claim(claim: object) -> Claim:
    """Return a claim.

    Raises:
        ValidationError: It is none, such as the stored response that `claim` returned in its place.
    """
    if isinstance(claim, Claim):
        return claim
    raise ValidationError(f"claim must be the Claim that `claim` returned, not {type(claim).__name__}", param="claim")


def checked_status(status: object) -> str:
    """Return what became of a request.

    Raises:
        ValidationError: It is none of the two words, such as an HTTP status.
    """
    for word in ("completed", "failed"):
        if status == word:
            return word
    raise ValidationError(
        'status must be "completed" or "failed"; an HTTP status belongs in the response', param="status"
    )


class Answers:
    """Turns requests and responses into columns and back."""

    def __init__(self, keep_for: timedelta, encryption_keys: Sequence[str | bytes] | None) -> None:
        if checked_age("keep_for", keep_for) < timedelta(hours=24):
            raise ConfigurationError("keep_for must be 24 hours or more: clients repeat a key for as long")
        self.keep_for = keep_for.total_seconds()
        self._seal = None if encryption_keys is None else Seal(encryption_keys, SUBJECT)

    def question(self, key: str, route: str, scope: str, body: object) -> Question:
        """Check what a request is looked up by.

        Raises:
            ValidationError: A key, route or scope does not fit, or the body is not JSON.
        """
        if not _KEY(checked_text("idempotency_key", key)):
            raise ValidationError("idempotency_key must be 1 to 255 visible ASCII characters", param="idempotency_key")
        for name, text in (("route", route), ("scope", scope)):
            if not _NAME(checked_text(name, text)):
                raise ValidationError(
                    f"{name} must be at most 255 printable ASCII characters without a space at the end", param=name
                )
        if body is None:
            return Question(key, route, scope, ())
        content = bytes(body) if isinstance(body, (bytes, bytearray)) else _json(body, "body")
        fingerprint = hashlib.sha256(content).hexdigest()
        return Question(key, route, scope, self._seal.digests(fingerprint) if self._seal else (fingerprint,))

    @staticmethod
    def plain(response: object) -> Any:
        """The response as everybody will see it: what is left of it after JSON.

        Raises:
            ValidationError: It is not JSON.
        """
        return json.loads(_json(response, "response"))

    def columns(self, question: Question, response: object) -> dict[str, Any]:
        """The columns that keep a response.

        Raises:
            ValidationError: It is not JSON.
        """
        content = _json(response, "response")
        if self._seal is None:
            return {"response": content, "response_form": "plain"}
        sealed = self._seal.close(content, _identity(question.key, question.route, question.scope))
        return {"response": sealed, "response_form": "encrypted"}

    def is_kept(self, row: Row[Any], question: Question, response: object) -> bool:
        """Whether a completed row keeps just this response.

        Raises:
            StorageError: It cannot be decrypted.
        """
        return self._content(row, question) == _json(response, "response")

    def cached(self, row: Row[Any], question: Question) -> CachedResponse:
        """The response that a row keeps.

        Raises:
            IdempotencyError: It was given to another request.
            StorageError: It cannot be decrypted.
        """
        check_same_request(row, question)
        content = self._content(row, question)
        return {
            "idempotency_key": question.key,
            "route": question.route,
            "response": json.loads(content),
            "status": "completed",
            "created_at": row.created_at,
        }

    def _content(self, row: Row[Any], question: Question) -> bytes:
        content: bytes = row.response
        if row.response_form != "encrypted":
            return content
        if self._seal is None:
            raise no_keys(SUBJECT)
        return self._seal.open(content, _identity(question.key, question.route, question.scope))


def check_same_request(row: Row[Any], question: Question) -> None:
    """Refuse another request with the same key.

    Raises:
        IdempotencyError: The row was written for another one.
    """
    if row.fingerprint and question.fingerprints and row.fingerprint not in question.fingerprints:
        raise IdempotencyError(
            "idempotency_key_reused: this idempotency key came with another request before; answer 422",
            code="idempotency_key_reused",
            idempotency_key=question.key,
        )


def in_flight(key: str, seconds: float) -> ConflictError:
    """The error for a key that somebody is at work on, for so long at most: most work is over long before its lease."""
    return ConflictError(
        "idempotency_in_flight: a request with this idempotency key is being served; answer 409 and Retry-After",
        code="idempotency_in_flight",
        idempotency_key=key,
        retry_after=min(max(1.0, seconds), _SOON),
    )


def overtaken(claim: Claim) -> ConflictError:
    """The error for a claim whose lease was over and whose key somebody else has."""
    return ConflictError(
        "idempotency_in_flight: the lease was over and another worker has this idempotency key now; roll back what"
        " was done and use a longer lease",
        code="idempotency_in_flight",
        idempotency_key=claim.idempotency_key,
        retry_after=1.0,
    )


def given_back(claim: Claim) -> ConflictError:
    """The error for a claim whose key nobody has any more."""
    return ConflictError(
        "nothing is stored under this idempotency key any more: the claim was released, or its lease was over long ago;"
        " roll back what was done",
        idempotency_key=claim.idempotency_key,
        retry_after=1.0,
    )


def completed_otherwise(claim: Claim) -> ConflictError:
    """The error for a claim that its own holder has completed, with another response."""
    return ConflictError(
        "this claim was completed before with another response, which stays",
        idempotency_key=claim.idempotency_key,
    )


def _identity(*names: str) -> list[str]:
    return ["server_idempotency", *names]


def _json(value: object, name: str) -> bytes:
    try:
        return json.dumps(value, allow_nan=False, sort_keys=True, separators=(",", ":"), default=_plain).encode()
    except (TypeError, ValueError, RecursionError):
        pass
    raise ValidationError(f"{name} must be what JSON can hold", param=name)


def _plain(value: Any) -> Mapping[str, Any]:
    """Objects of the SDK know how to become JSON."""
    if not hasattr(value, "to_dict"):
        raise TypeError
    plain: Mapping[str, Any] = value.to_dict()
    return plain
