"""The shape of a generated endpoint; the only file that knows it.

A generated endpoint module has two pure functions, `_get_kwargs` (arguments to request) and
`_parse_response` (answer to model). Its I/O functions and the generated `Client` are never used.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, cast

from molam_api.operations import OPERATIONS
from molam_api.types import UNSET

from .._exchange.attempt import Ask
from .._exchange.reply import Reply, Unreadable
from .._idempotency import check_id, check_key, mint_key, usable_id
from ..errors import UnexpectedResponseError, ValidationError
from .sanity import complaint

if TYPE_CHECKING:
    from molam_api.models import Problem
    from molam_api.operations import Operation

    from .._exchange.attempt import Settled

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_EVENTS = frozenset({"Event", "EventList"})
_written = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""`json.dumps` with these options would make an encoder for each call."""


class Endpoint(Protocol[P, T_co]):
    """A generated endpoint module."""

    def _get_kwargs(self, *args: P.args, **kwargs: P.kwargs) -> dict[str, Any]: ...

    def _parse_response(self, *, client: Any, response: Any) -> T_co | Problem | None: ...


class Prepared(Generic[T]):
    """One call, ready to be sent as often as it takes: always the same bytes and key."""

    __slots__ = ("ask", "content", "endpoint", "key_was_minted", "operation", "target")

    def __init__(
        self,
        endpoint: Endpoint[..., T],
        operation: Operation,
        ask: Ask,
        target: str,
        content: bytes | None,
        key_was_minted: bool,
    ) -> None:
        self.endpoint = endpoint
        self.operation = operation
        self.ask = ask
        self.target = target
        self.content = content
        self.key_was_minted = key_was_minted


def endpoint_of(operation_id: str) -> Endpoint[..., Any]:
    """Return the endpoint module of an operationId.

    Raises:
        ValidationError: If the API has no such operation.
    """
    operation = OPERATIONS.get(operation_id)
    if operation is None:
        raise ValidationError(f"the API has no operation {operation_id!r}", param="operation")
    return cast("Endpoint[..., Any]", import_module(operation.module))


def prepare(endpoint: Endpoint[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Prepared[T]:
    """Check the ids and the key, mint a key where one is needed, and serialise once.

    Raises:
        ValidationError: For an id, key or member that cannot be sent, and for what is no endpoint.
    """
    operation = _operation_of(endpoint)
    object_id: str | None = None
    for position, name in enumerate(operation.path_params):
        given = args[position] if position < len(args) else kwargs.get(name)
        object_id = check_id(name, given)
    key, minted = _key(operation, kwargs)
    request = _request(endpoint, operation, args, kwargs)
    target = request["url"]
    params = request.get("params")
    if params:
        target = f"{target}?{_query(params)}"
    content = _content(request["json"]) if "json" in request else None
    same_id = object_id if operation.same_id else None
    ask = Ask(operation.id, key, same_id, mutating=operation.method != "GET", minted=minted)
    return Prepared(endpoint, operation, ask, target, content, minted)


def restored(operation_id: str, key: str, target: str, content: bytes | None) -> Prepared[Any]:
    """Return a request as it was sent before, in the form in which it is sent again.

    Raises:
        ValidationError: If it is no request of this operation.
    """
    endpoint = endpoint_of(operation_id)
    operation = OPERATIONS[operation_id]
    path, _, query = target.partition("?")
    ids = path_ids(operation, path)
    if ids is None or not all("!" <= character <= "~" for character in query):
        raise ValidationError(f"the target is not one of {operation_id}", param="target")
    same_id = ids[-1] if operation.same_id and ids else None
    mutating = operation.method != "GET"
    ask = Ask(operation_id, check_key(key), same_id, mutating=mutating, in_doubt=True)
    return Prepared(endpoint, operation, ask, target, content, False)


def path_ids(operation: Operation, path: str) -> tuple[str, ...] | None:
    """Return the ids in a path of the operation; None for a path that is none."""
    words, template = path.split("/"), operation.path.split("/")
    if len(words) != len(template):
        return None
    ids = [(name, word) for name, word in zip(template, words, strict=True) if name.startswith("{")]
    fixed = all(name.startswith("{") or name == word for name, word in zip(template, words, strict=True))
    return tuple(word for _, word in ids) if fixed and all(usable_id(word) for _, word in ids) else None


def read(prepared: Prepared[T], settled: Settled) -> T:
    """Return the typed object of a 2xx answer.

    Raises:
        UnexpectedResponseError: If it cannot be read; the server has accepted the call.
    """
    reply = settled.reply
    try:
        parsed = prepared.endpoint._parse_response(  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the seam to generated code
            client=None, response=_Answer(_success_status(prepared.operation, reply), reply)
        )
        wrong = complaint(reply.data())
        if wrong is not None:
            raise _unreadable(prepared, settled, "TypeError", f"in the answer {wrong}")
        if type(parsed).__name__ in _EVENTS:
            from .._webhooks.event import with_typed_objects

            with_typed_objects(parsed)
    except (Unreadable, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _unreadable(prepared, settled, type(error).__name__) from None
    if parsed is None:
        raise _unreadable(prepared, settled, "no model")
    return cast("T", parsed)


class _Answer:
    """What a generated parser looks at, without building an `httpx.Response`."""

    __slots__ = ("_reply", "status_code")

    def __init__(self, status_code: int, reply: Reply) -> None:
        self.status_code = status_code
        self._reply = reply

    def json(self) -> dict[str, Any]:
        return self._reply.data()


def _operation_of(endpoint: object) -> Operation:
    name = getattr(endpoint, "__name__", "")
    operation = OPERATIONS.get(name.rpartition(".")[2])
    if operation is None:
        raise ValidationError("call() takes a module of molam_api.api or an operationId", param="endpoint")
    return operation


def _request(
    endpoint: Endpoint[..., Any], operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    make = endpoint._get_kwargs  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the seam to generated code
    wanted: str | None = make.__annotations__.get("body")
    body = kwargs.get("body", UNSET)
    if wanted is not None and (isinstance(body, type) or not hasattr(body, "to_dict")):
        given = "it is missing" if body is UNSET else f"not {type(body).__name__}"
        raise ValidationError(f"{operation.id} needs body=molam_api.models.{wanted}(...); {given}", param="body")
    try:
        return make(*args, **kwargs)
    except TypeError:
        from inspect import signature

        try:
            signature(make).bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{operation.id}: {error}") from None
        raise


def _success_status(operation: Operation, reply: Reply) -> int:
    """Any 2xx is a success, and is read like the one that the API documents."""
    return reply.status if reply.status in operation.success else operation.success[0]


def _key(operation: Operation, kwargs: dict[str, Any]) -> tuple[str | None, bool]:
    if not operation.needs_idempotency_key:
        return None, False
    given = kwargs.get("idempotency_key")
    if given is None or given is UNSET:
        kwargs["idempotency_key"] = key = mint_key()
        return key, True
    return check_key(given), False


def _content(body: Any) -> bytes:
    try:
        return _written(body).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValidationError(
            "a member of the request cannot be written as JSON: use str, int, bool, None, lists "
            "and dicts (an amount is an int of minor units)",
            code="parameter_invalid",
            cause_type=type(error).__name__,
        ) from None


def _query(params: dict[str, Any]) -> str:
    from urllib.parse import urlencode

    try:
        return urlencode(params, doseq=True)
    except UnicodeEncodeError:
        raise ValidationError("a filter holds half a character (a surrogate)", code="parameter_invalid") from None


def _unreadable(
    prepared: Prepared[Any], settled: Settled, cause: str, what: str = "the answer cannot be read"
) -> UnexpectedResponseError:
    reply = settled.reply
    accepted = (
        "the server accepted it: do not create another, but call client.resolve(error), or retrieve the object"
        if prepared.ask.idempotency_key is not None
        else "the answer came from a proxy or a newer API"
    )
    return UnexpectedResponseError(
        f"{prepared.ask.operation}: status {reply.status}, but {what}; {accepted}",
        raw=reply.body,
        object_id=reply.object_id(),
        status_code=reply.status,
        request_id=reply.headers.get("request-id"),
        idempotency_key=prepared.ask.idempotency_key,
        attempts=settled.attempts,
        outcome="unknown",
        cause_type=cause,
    )
