"""A transport that records what either client sends and answers with the spec's own examples."""

import asyncio
import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx

from molam_sdk import MolamAsyncClient, MolamClient
from tests.contract.blocking import blocking
from tests.parity.samples import Sample

KINDS = ("sync", "async")
_OWN_PER_ATTEMPT = ("molam-attempt-id", "molam-deadline-ms")
_KEY = "idempotency-key"

Answer = Callable[[httpx.Request], httpx.Response]


class Sent(NamedTuple):
    """A request as it went out, without what is new for each attempt; a key that the SDK made is shown as `minted`."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def path(self) -> str:
        return httpx.URL(self.url).path

    @property
    def query(self) -> Mapping[str, str]:
        return dict(httpx.URL(self.url).params)

    @property
    def document(self) -> Any:
        return json.loads(self.body) if self.body else None


class Recorder:
    """Answers every request alike and keeps what was sent."""

    def __init__(self, answer: Answer) -> None:
        self.sent: list[Sent] = []
        self._answer = answer
        self.transport = httpx.MockTransport(self._handle)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(_normalised(request))
        response = self._answer(request)
        response.headers.setdefault("Request-Id", "req_recorded")
        response.headers.setdefault("Molam-Attempt-Id", request.headers["Molam-Attempt-Id"])
        return response


def example_of(sample: Sample) -> Answer:
    """The example answer of an operation."""
    return lambda request: httpx.Response(sample.status, json=dict(sample.answer))


@contextmanager
def opened(kind: str, answer: Answer, **options: Any) -> "Generator[tuple[MolamClient, Recorder]]":
    """A client of either kind and what it sends."""
    recorder = Recorder(answer)
    chosen: dict[str, Any] = {
        "api_key": "sk_test_parity",
        "api_base": "http://127.0.0.1:8080",
        "transport": recorder.transport,
        "telemetry": False,
        "circuit_breaker": False,
        "backoff_factor": 0,
        "retry_budget": 1_000_000,
        **options,
    }
    if kind == "sync":
        with MolamClient(**chosen) as client:
            yield client, recorder
        return
    with asyncio.Runner() as runner:
        asynchronous = blocking(MolamAsyncClient(**chosen), runner)
        yield asynchronous, recorder
        asynchronous.close()


def _normalised(request: httpx.Request) -> Sent:
    headers = [
        (name, "minted" if name == _KEY and value.startswith("molam-") else value)
        for name, value in request.headers.items()
        if name not in _OWN_PER_ATTEMPT
    ]
    return Sent(request.method, str(request.url), tuple(headers), request.read())
