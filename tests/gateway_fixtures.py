"""A gateway on a free port, a plain HTTP client for it and a receiver for its webhooks."""

import contextlib
import itertools
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import httpx
import pytest

from molam_gateway.embedded import Sandbox

_WAIT = 10.0


class Api:
    """Calls a gateway over plain HTTP; every mutation gets an idempotency key of its own unless one is given."""

    def __init__(self, url: str, api_key: str) -> None:
        self.client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {api_key}"}, timeout=30)
        self._keys = (f"test-{uuid.uuid4()}" for _ in itertools.count())

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        return self.client.get(path, params=parameters)

    def post(self, path: str, body: Mapping[str, object] | None = None, **options: Any) -> httpx.Response:
        return self.send("POST", path, body, **options)

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        sent = {"Idempotency-Key": key or next(self._keys), **(headers or {})}
        return self.client.request(method, path, json=body, headers=sent)

    def made(self, path: str, body: Mapping[str, object] | None = None, **options: Any) -> dict[str, Any]:
        """The object in the answer to a POST that must succeed."""
        answer = self.post(path, body, **options)
        assert answer.is_success, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def intent(self, **members: object) -> dict[str, Any]:
        return self.made("/v1/connect/payment_intents", {"amount": 2500, "currency": "USD", **members})

    def endpoint(self, url: str, *events: str, **members: object) -> dict[str, Any]:
        return self.made("/v1/webhook_endpoints", {"url": url, "enabled_events": list(events) or ["*"], **members})

    def advance(self, seconds: int) -> dict[str, Any]:
        return self.made("/v1/sandbox/clock/advance", {"seconds": seconds})

    def arm(self, kind: str, **members: object) -> dict[str, Any]:
        return self.made("/v1/sandbox/faults", {"kind": kind, **members})

    def close(self) -> None:
        self.client.close()


@dataclass(frozen=True)
class Delivery:
    """A webhook as it arrived; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def event(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


class Receiver:
    """An HTTP server in a thread that records webhooks and answers as scripted: statuses in turn, the last for ever."""

    def __init__(self, *statuses: int, delay: float = 0.0, headers: Mapping[str, str] | None = None) -> None:
        self._statuses = list(statuses) or [200]
        self._arrived = threading.Condition()
        self._deliveries: list[Delivery] = []
        self._begun = 0
        self.delay = delay
        self.headers = dict(headers or {})
        self.answer = b"ok"
        self.meanwhile: Callable[[], None] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def answer_with(self, *statuses: int) -> None:
        """Go on with these statuses in turn, the last for ever."""
        with self._arrived:
            self._statuses = list(statuses)
            self._begun = len(self._deliveries)

    @property
    def deliveries(self) -> Sequence[Delivery]:
        with self._arrived:
            return list(self._deliveries)

    @property
    def types(self) -> list[str]:
        return [delivery.event["type"] for delivery in self.deliveries]

    def wait(self, count: int, timeout: float = _WAIT) -> Sequence[Delivery]:
        """The deliveries once there are at least `count`."""
        with self._arrived:
            arrived = self._arrived.wait_for(lambda: len(self._deliveries) >= count, timeout)
            assert arrived, f"{len(self._deliveries)} of {count} deliveries within {timeout} s"
            return list(self._deliveries)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                names = {name.lower(): value for name, value in self.headers.items()}
                status = receiver._record(Delivery(self.path, names, body, time.monotonic()))
                if receiver.meanwhile is not None:
                    receiver.meanwhile()
                if receiver.delay:
                    time.sleep(receiver.delay)
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                answer = b"" if status == 204 else receiver.answer
                if answer:
                    self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler

    def _record(self, delivery: Delivery) -> int:
        with self._arrived:
            self._deliveries.append(delivery)
            self._arrived.notify_all()
            return self._statuses[min(len(self._deliveries) - self._begun, len(self._statuses)) - 1]


@contextlib.contextmanager
def silent() -> Generator[str]:
    """The URL of a receiver that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def eventually(check: Callable[[], bool], timeout: float = _WAIT) -> None:
    """Wait until something that happens in the background has happened."""
    deadline = time.monotonic() + timeout
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def shared_gateway() -> Iterator[Sandbox]:
    """A gateway for all tests of a module, whose answers are checked against the spec."""
    with Sandbox(validate_responses=True) as sandbox:
        yield sandbox


@pytest.fixture
def gateway() -> Iterator[Sandbox]:
    """A gateway for one test, whose answers are checked against the spec."""
    with Sandbox(validate_responses=True) as sandbox:
        yield sandbox


@pytest.fixture
def api(gateway: Sandbox) -> Iterator[Api]:
    """A client for the test's own gateway."""
    client = Api(gateway.url, gateway.api_key)
    yield client
    client.close()


@pytest.fixture
def shared_api(shared_gateway: Sandbox) -> Iterator[Api]:
    """A client for the module's gateway."""
    client = Api(shared_gateway.url, shared_gateway.api_key)
    yield client
    client.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with Receiver() as server:
        yield server
