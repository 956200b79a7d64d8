"""A request as a stand-in saw it, for a test to look at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx


class SentRequest(NamedTuple):
    """One request that reached a stand-in; its repr shows neither headers nor body.

    Attributes:
        method: In upper case.
        path: Without the query.
        query: Its parameters; the last one of a name.
        headers: Names in lower case, without the API key.
        body: What its JSON says, None without one.
        operation: The operationId, None for what is none of the API's.
        path_values: What stands in the path, by the name of the parameter.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    operation: str | None
    path_values: Mapping[str, str]

    @property
    def idempotency_key(self) -> str | None:
        """The key of a call that changes something."""
        return self.headers.get("idempotency-key")

    def __repr__(self) -> str:
        return f"<SentRequest {self.method} {self.path}>"


def sent(request: httpx.Request) -> SentRequest:
    """Return what a test may see of a request, whose body has been read."""
    path = request.url.path
    found = _catalog.find(request.method, path)
    headers = {name: value for name, value in request.headers.items() if name != "authorization"}
    return SentRequest(
        request.method,
        path,
        dict(request.url.params),
        headers,
        json.loads(request.content) if request.content else None,
        None if found is None else found.operation,
        {} if found is None else found.path_values,
    )
