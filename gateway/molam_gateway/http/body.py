"""Reads a request's body within its limits."""

import asyncio
from collections.abc import Mapping
from email.message import Message
from typing import cast

from starlette.types import Receive

from ..domain.problems import ProblemError
from . import limits, replies, strict_json
from .schema import Violation
from .spec import JSON_MEDIA_TYPE, Operation


class DisconnectedError(Exception):
    """The client went away before its request was complete."""


async def read(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """The whole body. Raises ProblemError (413) beyond `limit` bytes, (400) for one that
    takes too long, DisconnectedError if it never completes.
    """
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(limits.BODY_TIMEOUT):
            return await _whole(receive, limit)
    except TimeoutError:
        raise ProblemError("malformed_http", "The body of the request did not arrive in time.") from None


async def _whole(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return bytes(body)


def interpret(operation: Operation, raw: bytes, headers: Mapping[str, str]) -> dict[str, object] | None:
    """The validated JSON object of a request; None for an operation without a body. Raises ProblemError."""
    if operation.body is None:
        _check_empty(raw)
        return None
    if not raw.strip():
        if operation.body_required:
            raise ProblemError("parameter_missing", "This operation needs a JSON object as its body.")
        return None
    _check_representation(headers)
    document = _parse(raw)
    violations = operation.body.violations(document)
    if violations:
        raise replies.of_violations(violations)
    if not isinstance(document, dict):
        raise ProblemError("parameter_invalid", "The body must be a JSON object.")
    return cast(dict[str, object], document)


def _check_representation(headers: Mapping[str, str]) -> None:
    """The body must be JSON in UTF-8 as it is: nothing here decompresses or transcodes."""
    message = Message()
    message["Content-Type"] = headers.get("content-type", "")
    charset = message.get_param("charset", "utf-8")
    if message.get_content_type() != JSON_MEDIA_TYPE or str(charset).lower() not in ("utf-8", "utf8"):
        raise ProblemError("unsupported_media_type", f"Send the body as Content-Type: {JSON_MEDIA_TYPE}, in UTF-8.")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise ProblemError("unsupported_media_type", "Send the body without a Content-Encoding.")


def _check_empty(raw: bytes) -> None:
    """An operation without a body takes none, or an empty object from clients that always send one."""
    if not raw.strip():
        return
    document = _parse(raw)
    if not isinstance(document, dict):
        raise ProblemError("parameter_invalid", "This operation takes no body.")
    names = list(cast(dict[str, object], document))
    if names:
        raise replies.of_violations(
            [Violation((name,), "additionalProperties", "This operation takes no body.") for name in names]
        )


def _parse(raw: bytes) -> object:
    try:
        return strict_json.parse(raw)
    except strict_json.MalformedJsonError as error:
        raise ProblemError("malformed_json", str(error)) from None


def _too_large(limit: int) -> ProblemError:
    return ProblemError("body_too_large", f"The body must not be larger than {limit} bytes.")
