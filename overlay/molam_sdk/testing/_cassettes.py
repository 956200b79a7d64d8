"""Cassettes: what the API once answered, recorded without secrets, and answered again without a network."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast, get_args

import httpx

from ._answers import Answer, Failure, NoAnswer, answered, failing, response_to
from ._errors import StandInError
from ._scrubbing import scrubbed, scrubbed_headers, scrubbed_query

if TYPE_CHECKING:
    from types import TracebackType

_FORMAT = "molam cassette 1"


class CassetteError(StandInError):
    """Raised for a request that a cassette has no answer to, and for a file that is no cassette."""


class RecordingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends, for either client, and writes down what was sent and answered, in JSON that can be committed.

        client = MolamClient(transport=RecordingTransport("tests/cassettes/refund.json"))

    API keys, signatures, tokens and other secrets, idempotency keys, names, addresses, account and phone numbers,
    descriptions and the values of metadata are masked before anything is written. Headers of requests are left out,
    and so are the queries of URLs. The file is begun anew.

    Args:
        path: The file; its directory must exist.
        transport: What sends; httpx's own without it.
    """

    def __init__(
        self, path: str | Path, transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._path = Path(path)
        self._given = transport
        self._sync: Any = None
        self._async: Any = None
        self._interactions: list[dict[str, Any]] = []
        self._turn = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request of the synchronous client."""
        if self._sync is None:
            self._sync = self._given or httpx.HTTPTransport()
        request.read()
        try:
            response: httpx.Response = self._sync.handle_request(request)
            try:
                response.read()
            finally:
                response.close()
        except httpx.TransportError as error:
            self._keep(request, error)
            raise
        return self._keep(request, response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request of the asynchronous client."""
        if self._async is None:
            self._async = self._given or httpx.AsyncHTTPTransport()
        await request.aread()
        try:
            response: httpx.Response = await self._async.handle_async_request(request)
            try:
                await response.aread()
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            self._keep(request, error)
            raise
        return self._keep(request, response)

    def close(self) -> None:
        """Close what sends."""
        if self._sync is not None:
            self._sync.close()

    async def aclose(self) -> None:
        """Close what sends."""
        if self._async is not None:
            await self._async.aclose()

    def __repr__(self) -> str:
        return f"<RecordingTransport {self._path.name}>"

    def _keep(self, request: httpx.Request, came: Any) -> httpx.Response:
        kept: dict[str, Any] = {"request": _asked(request)}
        if isinstance(came, httpx.Response):
            told = {"status": came.status_code, "headers": scrubbed_headers(came.headers)}
            kept["answer"] = {**told, "body": _readable(came.content)}
        else:
            kept["failure"] = _kind_of(came)
        with self._turn:
            self._interactions.append(kept)
            _write(self._path, {"format": _FORMAT, "interactions": self._interactions})
        return cast(httpx.Response, came)


class ReplayingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers, for either client, what a cassette has; nothing is sent.

    A recorded answer is for the next request with the same method, path, query and body, whatever its idempotency key
    and its other headers; what was masked in the recording is not compared. Each answer is used once. In a `with`
    statement it says at the end what was not used.

    Args:
        path: The file that a RecordingTransport wrote.

    Raises:
        CassetteError: If that is not what it is.
    """

    molam_offline = True

    def __init__(self, path: str | Path) -> None:
        self._name = Path(path).name
        self._waiting = _read(Path(path))
        self._unasked: list[str] = []
        self._turn = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the synchronous client."""
        request.read()
        return response_to(request, self._take(_asked(request)))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the asynchronous client."""
        await request.aread()
        return response_to(request, self._take(_asked(request)))

    def assert_all_used(self) -> None:
        """Raise CassetteError if an answer was not used, or a request found none."""
        with self._turn:
            said = [f"unused {_named(each['request'])}" for each in self._waiting]
            said += [f"none for {each}" for each in self._unasked]
        if said:
            raise CassetteError(f"{self._name} does not fit what was sent: {', '.join(said)}; record it again")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if error is None:
            self.assert_all_used()

    def __repr__(self) -> str:
        return f"<ReplayingTransport {self._name}>"

    def _take(self, asked: dict[str, Any]) -> Answer | NoAnswer:
        with self._turn:
            for at, each in enumerate(self._waiting):
                if each["request"] == asked:
                    del self._waiting[at]
                    return _given(each)
            self._unasked.append(_named(asked))
            others = [each["request"] for each in self._waiting if _named(each["request"]) == _named(asked)]
        told = f"{self._name} has no answer to {_named(asked)}"
        if others:
            told += f" with this {_difference(asked, others[0])}"
        raise CassetteError(f"{told}; record it again with RecordingTransport")


def _asked(request: httpx.Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.url.path,
        "query": scrubbed_query(request.url.params.multi_items()),
        "body": _readable(request.content),
    }


def _readable(content: bytes) -> Any:
    """Return a body as JSON, or else as text, scrubbed."""
    if not content:
        return None
    text = content.decode("utf-8", "replace")
    try:
        return scrubbed(json.loads(text))
    except ValueError:
        return {"text": scrubbed(text)}


def _given(interaction: dict[str, Any]) -> Answer | NoAnswer:
    if "failure" in interaction:
        return failing(interaction["failure"])
    answer: dict[str, Any] = interaction["answer"]
    return answered(_content(answer["body"]), status=answer["status"], headers=answer["headers"])


def _content(kept: Any) -> object:
    """Return the body that was kept: text that was no JSON stands alone in an object."""
    text = cast(Any, kept).get("text") if isinstance(kept, dict) and len(cast(Any, kept)) == 1 else None
    return text.encode() if isinstance(text, str) else cast(Any, kept)


def _kind_of(error: httpx.TransportError) -> Failure:
    kinds: tuple[tuple[type[Exception], Failure], ...] = (
        (httpx.PoolTimeout, "pool_timeout"),
        (httpx.ConnectTimeout, "connect_timeout"),
        (httpx.ConnectError, "connect"),
        (httpx.WriteError, "write"),
        (httpx.WriteTimeout, "write"),
        (httpx.ReadTimeout, "read_timeout"),
        (httpx.RemoteProtocolError, "not_http"),
    )
    for kind, name in kinds:
        if isinstance(error, kind):
            return name
    return "lost"


def _named(asked: dict[str, Any]) -> str:
    return f"{asked['method']} {asked['path']}"


def _difference(asked: dict[str, Any], recorded: dict[str, Any]) -> str:
    if asked["query"] != recorded["query"]:
        return "query"
    one, other = asked["body"], recorded["body"]
    if isinstance(one, dict) and isinstance(other, dict):
        given, kept = cast("dict[str, Any]", one), cast("dict[str, Any]", other)
        names = sorted(name for name in given.keys() | kept.keys() if given.get(name) != kept.get(name))
        return f"body (recorded with another {', '.join(names)})"
    return "body"


def _write(path: Path, cassette: dict[str, Any]) -> None:
    """Replace the file as a whole, so that an interrupted test leaves the one from before its last call."""
    written = path.with_name(f".{path.name}.{os.getpid()}")
    written.write_text(json.dumps(cassette, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    written.replace(path)


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        cassette = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CassetteError(f"{path}: {error.strerror}; record it with RecordingTransport") from None
    except ValueError:
        raise CassetteError(f"{path} is no cassette") from None
    if not isinstance(cassette, dict) or cast("dict[str, Any]", cassette).get("format") != _FORMAT:
        raise CassetteError(f"{path} is no cassette of this version; record it again with RecordingTransport")
    interactions: list[dict[str, Any]] = cast("dict[str, Any]", cassette)["interactions"]
    if any(each.get("failure", "lost") not in get_args(Failure) for each in interactions):
        raise CassetteError(f"{path} has a failure that this version does not know; record it again")
    return list(interactions)
