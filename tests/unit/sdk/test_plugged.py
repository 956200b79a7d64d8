"""Transports of the user's: read whole, held to deadline and limit, closed where something is wrong."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from molam_sdk import Config, MolamAsyncClient, MolamClient, errors
from molam_sdk._exchange.attempt import Ask, Attempt
from molam_sdk._exchange.reply import Lost
from molam_sdk._network import plugged
from molam_sdk._network.plugged import AsyncPluggedWire, PluggedWire
from molam_sdk._network.request import Origin, Request
from molam_sdk.transports import AsyncHTTPTransport, HTTPTransport
from tests.unit.sdk.scripted import API_KEY, Driver, Script, answered, driving
from tests.unit.sdk.spec_examples import example_intent

BODY = httpx.Response(201, json=example_intent()).content


class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces, with a failure at its end if there is one."""

    def __init__(self, pieces: list[bytes], failure: Exception | None = None, pause: float = 0.0) -> None:
        self._pieces = pieces
        self._failure = failure
        self._pause = pause
        self.closed = 0
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            time.sleep(self._pause)
            self.read += 1
            yield piece
        if self._failure is not None:
            raise self._failure

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            await asyncio.sleep(self._pause)
            self.read += 1
            yield piece
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


class Socket:
    """Stands for the network stream that httpx's transports name in their extensions."""

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


class Streaming(httpx.BaseTransport, httpx.AsyncBaseTransport):
    def __init__(self, stream: Stream, *, headers: dict[str, str] | None = None, with_socket: bool = True) -> None:
        self.stream = stream
        self.socket = Socket()
        self._headers = headers or {}
        self._extensions: dict[str, Any] = {"network_stream": self.socket} if with_socket else {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, headers=self._headers, stream=self.stream, extensions=self._extensions)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def test_a_transport_may_send_elsewhere(kind: str) -> None:
    """Nothing but the URL says where to: no name for TLS that would have to agree with it."""
    script = Script(answered())
    with driving(kind, script) as driver:
        driver.create()
    assert set(script.requests[0].extensions) == {"timeout"}


def test_an_error_of_the_sdk_out_of_a_transport_says_nothing_of_what_was_sent(kind: str) -> None:
    with driving(kind, Script(errors.ConfigurationError("another client of yours")), max_retries=0) as driver:
        error = driver.fail(errors.NetworkError)
    assert (error.outcome, error.cause_type) == ("unknown", "ConfigurationError")


def test_a_streamed_body_is_read_whole_and_closed(kind: str) -> None:
    transport = Streaming(Stream([BODY[:7], b"", BODY[7:]]))
    with driving(kind, transport=transport) as driver:
        assert driver.create().id == example_intent()["id"]
    assert (transport.stream.closed, transport.socket.closed) == (1, 0)


def test_a_coding_that_nobody_asked_for_is_undone(kind: str) -> None:
    transport = Streaming(Stream([gzip.compress(BODY)]), headers={"Content-Encoding": "gzip"})
    with driving(kind, transport=transport) as driver:
        assert driver.create().id == example_intent()["id"]


def test_a_torn_body_is_lost_in_the_body(kind: str) -> None:
    transport = Streaming(Stream([BODY[:9]], httpx.RemoteProtocolError("torn")))
    with driving(kind, transport=transport, max_retries=1, backoff_factor=0) as driver:
        error = driver.fail(errors.NetworkError)
    assert (error.phase, error.outcome, error.attempts) == ("body", "unknown", 2)
    assert transport.stream.closed == 2


@pytest.mark.parametrize("with_socket", [True, False])
def test_a_body_over_the_limit_is_left_there(kind: str, with_socket: bool) -> None:
    transport = Streaming(Stream([b"x" * 600] * 50), with_socket=with_socket)
    with driving(kind, transport=transport, max_response_bytes=1000) as driver:
        error = driver.fail(errors.UnexpectedResponseError)
    assert (len(error.raw), error.attempts, transport.stream.read) == (1000, 1, 2)
    assert (transport.stream.closed, transport.socket.closed) == (1, int(with_socket))


def test_the_connection_of_a_disbelieved_answer_is_closed_at_once(kind: str) -> None:
    transport = Streaming(Stream([BODY]), headers={"Molam-Attempt-Id": "stale"})
    with driving(kind, transport=transport, max_retries=0) as driver:
        driver.fail(errors.UnexpectedResponseError)
    assert transport.socket.closed == 1


def test_a_drip_ends_with_the_deadline(kind: str) -> None:
    transport = Streaming(Stream([b" "] * 1000, pause=0.01))
    began = time.monotonic()
    with driving(kind, transport=transport, deadline=0.05, max_retries=0, is_timed=True) as driver:
        error = driver.fail(errors.TimeoutError)
    assert time.monotonic() - began < 1
    assert (error.phase, error.outcome) == ("body", "unknown")
    assert transport.stream.closed == 1


def test_an_asynchronous_transport_that_hangs_ends_with_the_deadline() -> None:
    class Hanging(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(60)
            raise AssertionError("unreachable")

    with driving("async", transport=Hanging(), deadline=0.05, max_retries=0, is_timed=True) as driver:
        error = driver.fail(errors.TimeoutError)
    assert (error.phase, error.outcome) == ("headers", "unknown")


def test_cancelling_passes_through_a_transport() -> None:
    started = asyncio.Event()

    class Hanging(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            started.set()
            await asyncio.sleep(60)
            raise AssertionError("unreachable")

    async def cancel() -> None:
        client = MolamAsyncClient(api_key=API_KEY, transport=Hanging())
        call = asyncio.create_task(client.payment_intents.create(amount=1, currency="USD"))
        await started.wait()
        call.cancel("enough")
        with pytest.raises(asyncio.CancelledError, match="enough"):
            await call

    asyncio.run(cancel())


def test_a_transport_is_closed_with_its_client_and_once(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        driver.create()
        driver.close()
        driver.close()
        assert script.closed == 1


def test_transports_of_the_other_kind_are_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match="handle_request"):
        MolamClient(api_key=API_KEY, transport=httpx.AsyncHTTPTransport())
    with pytest.raises(errors.ConfigurationError, match="handle_async_request"):
        MolamAsyncClient(api_key=API_KEY, transport=httpx.HTTPTransport())
    for own in (HTTPTransport(), AsyncHTTPTransport()):
        with pytest.raises(errors.ConfigurationError, match="leave it out"):
            MolamClient(api_key=API_KEY, transport=own)


def test_httpx_mock_transports_work_on_both(kind: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        echo = {"Molam-Attempt-Id": request.headers["Molam-Attempt-Id"]}
        return httpx.Response(201, json=example_intent(), headers=echo)

    with driving(kind, transport=httpx.MockTransport(answer), require_attempt_id=True) as driver:
        assert driver.create().id == example_intent()["id"]


class Asked(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Remembers the timeouts and the promise of each request."""

    def __init__(self) -> None:
        self.timeouts: list[float] = []
        self.promised: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        timeouts = request.extensions["timeout"]
        self.timeouts.append(max(timeouts[name] for name in ("connect", "read", "write", "pool")))
        assert timeouts.get("read") <= dict(timeouts)["read"]
        assert timeouts.get("anything else") is None
        self.promised.append(int(request.headers["Molam-Deadline-Ms"]))
        return httpx.Response(201, json=example_intent())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


@contextmanager
def hooked(
    kind: str, transport: Asked, monkeypatch: pytest.MonkeyPatch, *, takes: float, deadline: float
) -> Generator[Driver]:
    """A client whose hook takes so many seconds of each request, by the clock of both the call and its wire."""
    hooks: dict[str, Callable[[object], None]] = {"request": lambda _: driver.clock.sleep(takes)}
    with driving(kind, transport=transport, deadline=deadline, event_hooks=hooks) as driver:
        monkeypatch.setattr(plugged, "time", SimpleNamespace(monotonic=driver.clock.read))
        yield driver


def test_what_a_hook_took_is_left_to_nobody(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Asked()
    with hooked(kind, transport, monkeypatch, takes=0.25, deadline=5) as driver:
        driver.create()
    assert (transport.timeouts, transport.promised) == ([4.75], [4750])


@pytest.mark.parametrize("takes", [0.25, 0.5])
def test_what_a_hook_leaves_nothing_of_is_not_sent(kind: str, monkeypatch: pytest.MonkeyPatch, takes: float) -> None:
    transport = Asked()
    with hooked(kind, transport, monkeypatch, takes=takes, deadline=0.25) as driver:
        error = driver.fail(errors.TimeoutError)
    assert (error.outcome, transport.timeouts) == ("not_sent", [])


def test_a_failure_while_closing_takes_no_answer_away(kind: str) -> None:
    class Unclosable(Stream):
        def close(self) -> None:
            raise RuntimeError("a bug")

        async def aclose(self) -> None:
            raise RuntimeError("a bug")

    transport = Streaming(Unclosable([BODY]))
    with driving(kind, transport=transport) as driver:
        assert driver.create().id == example_intent()["id"]
    assert transport.stream.read == 1


def test_a_request_that_http_does_not_allow_reaches_no_transport(kind: str) -> None:
    transport = Asked()
    config = Config(api_key=API_KEY, transport=transport)
    headers = [(b"Molam-Account", b"acct_1\r\nX-A: b")]
    request = Request("POST", Origin("http://127.0.0.1:1"), "/", headers, b"{}", {})
    attempt = Attempt(Ask("create", "order-1", None), 1, "a", 0.0, 0, time.monotonic() + 5, 5.0, False, 5.0)
    if kind == "sync":
        lost = PluggedWire(config).send(request, attempt)
    else:
        lost = asyncio.run(AsyncPluggedWire(config).send(request, attempt))
    assert isinstance(lost, Lost)
    assert (lost.sent, lost.fatal, transport.timeouts) == (False, True, [])


def test_an_answer_that_names_two_attempts_is_disbelieved(kind: str) -> None:
    class Twice(Asked):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            echoes = [("Molam-Attempt-Id", "stale"), ("Molam-Attempt-Id", request.headers["Molam-Attempt-Id"])]
            return httpx.Response(201, json=example_intent(), headers=echoes)

    with driving(kind, transport=Twice(), max_retries=0) as driver:
        assert driver.fail(errors.UnexpectedResponseError).outcome == "unknown"
