"""Reads a problem document (RFC 9457) out of whatever bytes an error answer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._shapes import is_list, is_number, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_DETAIL = 500
_FIELD = frozenset({"pointer", "code"})
_RESOURCE = frozenset({"object", "id", "status"})
_PLAIN = frozenset(
    {
        "code",
        "decline_code",
        "doc_url",
        "error_type",
        "param",
        "provider",
        "provider_code",
        "request_id",
        "retry_after",
        "retryable",
        "status",
        "title",
        "type",
    }
)


class FieldProblem(dict[str, Any]):
    """One refused member of a request: where it is, which rule it broke and why."""

    @property
    def pointer(self) -> str | None:
        """JSON Pointer of the member (`/customer/phone`)."""
        return text(self.get("pointer"))

    @property
    def code(self) -> str | None:
        """Code of the broken rule."""
        return text(self.get("code"))

    @property
    def detail(self) -> str | None:
        """The rule in words."""
        return text(self.get("detail"))


class ResourceReference(dict[str, Any]):
    """The object that an error is about, so that it can be retrieved."""

    @property
    def object_(self) -> str | None:
        """Kind of the object (`payment_intent`)."""
        return text(self.get("object"))

    @property
    def id(self) -> str | None:
        """Id of the object."""
        return text(self.get("id"))

    @property
    def status(self) -> str | None:
        """Status of the object when the answer was written."""
        return text(self.get("status"))


def parse_problem(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object in `body`, or None for HTML, torn JSON and every other value."""
    import json

    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return problem if is_object(problem) else None


def text(value: object) -> str | None:
    """Return `value` if it is a string with something in it."""
    return value if isinstance(value, str) and value else None


def seconds(value: object) -> float | None:
    """Return `value` if it is a waiting time in seconds."""
    return float(value) if is_number(value) and 0 <= value < 1e9 else None


def identifier(value: object) -> str | None:
    """Return `value` if it is a string of 1 to 255 visible ASCII characters."""
    if isinstance(value, str) and 0 < len(value) <= 255 and value.isascii() and value.isprintable():
        return value
    return None


def field_problems(value: object) -> tuple[FieldProblem, ...]:
    """Return the members of a problem's `errors` that are objects."""
    if not is_list(value):
        return ()
    return tuple(FieldProblem(item) for item in value if is_object(item))


def resource_reference(value: object) -> ResourceReference | None:
    """Return a problem's `resource` if it is an object."""
    return ResourceReference(value) if is_object(value) else None


def portable(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of an error as they may leave the process: without the texts and bytes of an answer."""
    kept = dict(attributes)
    if is_object(kept.get("payload")):
        kept["payload"] = _known(kept["payload"])
    if "errors" in kept:
        kept["errors"] = tuple(FieldProblem(_only(item, _FIELD)) for item in field_problems(kept["errors"]))
    if isinstance(kept.get("resource"), ResourceReference):
        kept["resource"] = ResourceReference(_only(kept["resource"], _RESOURCE))
    if "raw" in kept:
        kept["raw"] = b""
    return kept


def _known(problem: Mapping[str, Any]) -> dict[str, Any]:
    kept = _only(problem, _PLAIN)
    if is_list(problem.get("errors")):
        kept["errors"] = [_only(item, _FIELD) for item in problem["errors"] if is_object(item)]
    if is_object(problem.get("resource")):
        kept["resource"] = _only(problem["resource"], _RESOURCE)
    return kept


def _only(found: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name in names and not is_object(value)}


def describe(status: int, code: str | None, request_id: str | None, detail: str | None, advice: str) -> str:
    """Return what happened, to which request and what to do next, in one safe line.

    `detail` is the server's text: it is shortened, and whatever looks like a credential or the
    number of an account or phone in it is masked.
    """
    where = request_id or "no request id"
    subject = f"{status} {_one_line(code)}" if code else str(status)
    if detail:
        return f"{subject} ({where}): {_one_line(detail).rstrip('. ')}; {advice}"
    return f"{subject} ({where}): {advice}"


def _one_line(value: str) -> str:
    from ._redaction import redact

    shown = value if len(value) <= _MAX_DETAIL else value[:_MAX_DETAIL] + "..."
    printable = "".join(char if char.isprintable() else " " for char in shown)
    return redact(" ".join(printable.split()))
