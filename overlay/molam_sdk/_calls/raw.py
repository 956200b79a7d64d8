"""The answer behind an object: status, headers and bytes, with the way it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar, cast

from .._front_door import front_door
from .needs_client import NeedsClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import httpx

    from .._exchange.attempt import Settled
    from .issued import Issued

P = ParamSpec("P")
T = TypeVar("T")


class RawResponse(NeedsClient, Generic[T]):
    """A 2xx answer with what the typed object does not show.

    Attributes:
        status_code: HTTP status.
        headers: Header values by lower-case name.
        content: The bytes of the body.
        idempotency_key: Key that the call was made with.
        attempts: How many attempts it took.
    """

    _take_along = "its content or the parsed object"

    def __init__(self, issued: Issued, settled: Settled) -> None:
        self._issued = issued
        self._settled = settled
        self.status_code: int = settled.reply.status
        self.headers: Mapping[str, str] = settled.reply.headers
        self.content: bytes = settled.reply.body
        self.idempotency_key: str | None = issued.prepared.ask.idempotency_key
        self.attempts: int = settled.attempts

    @property
    def request_id(self) -> str | None:
        """Id under which Molam finds the request."""
        return self.headers.get("request-id")

    @property
    def replayed(self) -> bool:
        """Whether this is the stored answer of an earlier call with the same key."""
        return self.headers.get("idempotent-replayed") == "true"

    @property
    def http_response(self) -> httpx.Response:
        """The answer as an `httpx.Response`, its body read."""
        import httpx

        kept = [item for item in self.headers.items() if item[0] not in _ABOUT_THE_BODY]
        return httpx.Response(self.status_code, headers=kept, content=self.content)

    @front_door
    def parse(self) -> T:
        """Return the typed object.

        Raises:
            UnexpectedResponseError: If it cannot be read; the server has accepted the call.
        """
        return cast("T", self._issued.read(self._settled))

    def __repr__(self) -> str:
        return f"<RawResponse {self.status_code} {self._issued.prepared.ask.operation} {self.request_id}>"


_ABOUT_THE_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """Give a method of a raw-mode resource its type; at run time it is the method itself."""
    return cast("Callable[P, RawResponse[T]]", method)


def raw_async(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, Awaitable[RawResponse[T]]]:
    """Give a method of a raw-mode resource its type; at run time it is the method itself."""
    return cast("Callable[P, Awaitable[RawResponse[T]]]", method)
