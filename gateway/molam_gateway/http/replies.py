"""What goes back over the wire: a status, headers and the exact bytes."""

import asyncio
import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from starlette.types import Receive, Send

from ..domain import problems
from ..domain.call import Answer
from ..domain.problems import FieldError, ProblemError
from . import limits
from .schema import Violation

_AMOUNTS = frozenset({"amount", "amount_to_capture"})
_MAX_ERRORS = 100
_MAX_NAME = 255
_CODES = {"required": "parameter_missing", "additionalProperties": "parameter_unknown"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole HTTP answer."""

    status: int
    body: bytes
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def head(self) -> dict[str, object]:
        """The ASGI message that begins this answer."""
        fields = {"Content-Type": self.media_type, "Content-Length": str(len(self.body)), **self.headers}
        return {
            "type": "http.response.start",
            "status": self.status,
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()],
        }

    async def send(self, send: Send) -> None:
        """Send all of it."""
        await send(self.head())
        await send({"type": "http.response.body", "body": self.body})


async def send_and_linger(reply: Reply, receive: Receive, send: Send) -> None:
    """Send all of it and close the connection, after a moment in which the client may end what it is sending."""
    await send(with_headers(reply, {"Connection": "close"}).head())
    await send({"type": "http.response.body", "body": reply.body, "more_body": True})
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limits.LINGER_TIMEOUT):
            received, more = 0, True
            while more and received < limits.LINGER_BYTES:
                message = await receive()
                received += len(message.get("body", b""))
                more = message.get("more_body", False)
    await send({"type": "http.response.body", "body": b""})


def of_answer(answer: Answer) -> Reply:
    """The reply of an operation that ended normally."""
    body = answer.body if isinstance(answer.body, bytes) else encode(answer.body)
    headers = dict(answer.headers)
    media_type = headers.pop("Content-Type", "application/json")
    return Reply(answer.status, body, media_type, headers)


def of_problem(error: ProblemError, request_id: str, docs: str = problems.DOCS) -> Reply:
    """The reply of a refusal: problem+json (RFC 9457), its code explained under `docs`."""
    fields: dict[str, str] = {}
    if error.retry_after is not None:
        fields["Retry-After"] = str(ceil(error.retry_after))
    if error.status == 401:
        fields["WWW-Authenticate"] = 'Bearer realm="molam"'
    return Reply(error.status, encode(problems.problem_document(error, request_id, docs)), problems.MEDIA_TYPE, fields)


def of_wrong_method(method: str, allowed: Sequence[str], request_id: str, docs: str = problems.DOCS) -> Reply:
    """The reply to a path that exists, but not with this method."""
    names = ", ".join(allowed)
    problem = ProblemError("method_not_allowed", f"{method} is not allowed here, only {names}.")
    return with_headers(of_problem(problem, request_id, docs), {"Allow": names})


def with_headers(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """The reply with more headers."""
    return replace(reply, headers={**reply.headers, **headers})


def of_violations(violations: Sequence[Violation]) -> ProblemError:
    """The refusal of a request that breaks its schema; the first violation decides the code."""
    errors = [FieldError(_short(each.pointer), _code(each), each.message) for each in violations[:_MAX_ERRORS]]
    first = violations[0]
    param = _short(".".join(map(str, first.path))) or None
    detail = f"{param}: {first.message}" if param else first.message
    return ProblemError(errors[0].code, detail, param=param, errors=errors)


def encode(document: Mapping[str, object]) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _code(violation: Violation) -> str:
    code = _CODES.get(violation.keyword)
    if code is not None:
        return code
    return "amount_invalid" if violation.path and violation.path[-1] in _AMOUNTS else "parameter_invalid"


def _short(name: str) -> str:
    """A name that the caller chose, cut to what a problem may hold."""
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 3] + "..."
