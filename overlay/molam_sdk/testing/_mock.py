"""An HTTP adapter that answers every operation from the specification's examples."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Self, cast

import httpx

from molam_api.operations import OPERATIONS

from . import _catalog
from ._answers import Answer, NoAnswer, answered, response_to
from ._errors import StandInError
from ._requests import SentRequest, sent

if TYPE_CHECKING:
    from collections.abc import Mapping


class MockAdapter:
    """Stands in for the API: `MolamClient(api_key="sk_test_x", http_adapter=MockAdapter())`, or the asynchronous one.

    An operation answers the specification's example of its success. What the request says goes before it: the id in
    its path, and the members of its body that the answer has too (an amount, a currency, metadata). What a test says
    goes before that. It keeps no state: what was created is not listed. The sandbox does.

    Args:
        overrides: Members of answers by operationId, as `answer` takes them.

    Raises:
        StandInError: For an operation or a member that does not exist, and a value that the API never answers.
    """

    molam_offline = True

    def __init__(self, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._overrides: dict[str, dict[str, Any]] = {}
        self._next: dict[str, list[Answer | NoAnswer]] = {}
        self._requests: list[SentRequest] = []
        self._turn = threading.Lock()
        for operation, members in (overrides or {}).items():
            self.answer(operation, members)

    @property
    def requests(self) -> list[SentRequest]:
        """What was sent so far."""
        with self._turn:
            return list(self._requests)

    def answer(self, operation: str, members: Mapping[str, Any] | None = None, /, **named: Any) -> Self:
        """Answer an operation with these members from now on, in place of those of the example.

        Args:
            operation: The operationId, such as `retrieve_payment_intent`.
            members: Members of the answer; an object among them need not be whole.
            named: The same, by keyword.

        Raises:
            StandInError: See the class.
        """
        changed = {**self._overrides.get(operation, {}), **(members or {}), **named}
        _catalog.answer(operation, changed)
        with self._turn:
            self._overrides[operation] = changed
        return self

    def once(self, operation: str, *answers: Answer | NoAnswer) -> Self:
        """Answer the next requests of an operation with these: `refused(402, "card_declined")`, `failing("lost")`.

        Raises:
            StandInError: If there is no such operation.
        """
        with self._turn:
            self._next.setdefault(_catalog.known(operation), []).extend(answers)
        return self

    def send(
        self, method: str, url: str, headers: Mapping[str, str], json: Any, timeout: float
    ) -> tuple[int, bytes, dict[str, str]]:
        """Answer one request, as an `HTTPAdapter` does."""
        request = httpx.Request(method, url, headers=dict(headers), content=_encoded(json))
        request.read()
        response = response_to(request, self._answer(sent(request)))
        return response.status_code, response.read(), dict(response.headers)

    def __repr__(self) -> str:
        return f"<MockAdapter, {len(self._requests)} requests>"

    def _answer(self, request: SentRequest) -> Answer | NoAnswer:
        operation = request.operation
        with self._turn:
            self._requests.append(request)
            if operation is None:
                raise StandInError(f"the API has no {request.method} {request.path}")
            waiting = self._next.get(operation)
            if waiting:
                return waiting.pop(0)
            overrides = self._overrides.get(operation, {})
        status, body = _catalog.answer(operation, {**_said(operation, request), **overrides})
        return answered(body, status=status)


def _said(operation: str, request: SentRequest) -> dict[str, Any]:
    """Return what a request says of its answer."""
    schema = _catalog.schema_of(operation)
    said: dict[str, Any] = {}
    body: Any = request.body
    if isinstance(body, dict) and OPERATIONS[operation].method != "GET":
        said = {name: value for name, value in cast("dict[str, Any]", body).items() if _is_plain(value)}
    if OPERATIONS[operation].same_id and request.path_values:
        id = list(request.path_values.values())[-1]
        said |= {"id": id, "transaction_id": id}
    said |= {name: int(request.query[name]) for name in ("page", "limit") if request.query.get(name, "").isdecimal()}
    if _catalog.fits(schema, "has_more", False):
        said |= {"has_more": False, "next_cursor": None}
    return {name: value for name, value in said.items() if _catalog.fits(schema, name, value)}


def _is_plain(value: object) -> bool:
    """Whether a member means the same in a request and in its answer; objects are masked or completed there."""
    if isinstance(value, dict):
        return all(isinstance(each, str) for each in cast("dict[str, object]", value).values())
    return True


def _encoded(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()
