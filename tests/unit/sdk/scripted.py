"""Both clients over a scripted transport, driven by the same words and without any real waiting."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, TypeVar

import httpx
import pytest

from molam_sdk import MolamAsyncClient, MolamClient
from tests.unit.sdk.spec_examples import example_intent

E = TypeVar("E", bound=Exception)

API_KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def answered(status: int = 201, body: Any = None, **headers: str) -> httpx.Response:
    """An answer of the API: a payment intent without a body of its own."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=example_intent() if body is None else body, headers=named)


def refused(
    status: int, code: str | None = None, *, body: dict[str, Any] | None = None, **headers: str
) -> httpx.Response:
    error_type = "idempotency_error" if status == 422 else "api_error"
    problem = {"title": "x", "status": status, "error_type": error_type, "code": code} | (body or {})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps(problem).encode()
    return httpx.Response(status, content=content, headers={"Content-Type": "application/problem+json"} | named)


class Script(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers one request after the other, the last answer for ever; each names the attempt it is for."""

    def __init__(self, *answers: Answer, echo: bool = True) -> None:
        self.answers = list(answers)
        self._echo = echo
        self.requests: list[httpx.Request] = []
        self.closed = 0

    def then(self, *answers: Answer) -> None:
        """From now on answer these, the last one for ever."""
        self.answers = list(answers)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        response = answer(request) if callable(answer) else answer
        headers = response.headers.copy()
        if self._echo:
            headers.setdefault("Molam-Attempt-Id", request.headers["Molam-Attempt-Id"])
        return httpx.Response(
            response.status_code, headers=headers, content=response.content, extensions=response.extensions
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return self.handle_request(request)

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1

    def bodies(self) -> list[Any]:
        return [json.loads(request.content) if request.content else None for request in self.requests]

    def sent(self, header: str) -> list[str | None]:
        """The values of a header, request by request."""
        return [request.headers.get(header) for request in self.requests]


class Clock:
    """Monotonic seconds that pass only while somebody sleeps, or is made to; far ahead, so that no deadline is near."""

    def __init__(self) -> None:
        self.now = time.monotonic() // 1 + 10_000
        self.slept: list[float] = []

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: Any, /) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def sleep_async(self, delay: float) -> None:
        self.sleep(delay)


class Driver:
    """A client of either kind, whose calls return when they are done."""

    def __init__(self, client: MolamClient | MolamAsyncClient, runner: asyncio.Runner, clock: Clock) -> None:
        self.client = client
        self.clock = clock
        self._runner = runner

    @property
    def is_sync(self) -> bool:
        return isinstance(self.client, MolamClient)

    def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method by its dotted name, `payment_intents.create`."""
        found = attrgetter(method)(self.client)
        if self.is_sync:
            return found(*args, **kwargs)

        async def awaited() -> Any:
            returned = found(*args, **kwargs)
            return await returned if inspect.isawaitable(returned) and not hasattr(returned, "page") else returned

        return self._runner.run(awaited())

    def create(self, **changes: Any) -> Any:
        return self.call("payment_intents.create", **({"amount": 2500, "currency": "USD"} | changes))

    def fail(self, error: type[E], method: str = "payment_intents.create", *args: Any, **kwargs: Any) -> E:
        """Call, and return the error that it raises; without arguments the call is a valid create."""
        if method == "payment_intents.create":
            kwargs = {"amount": 2500, "currency": "USD"} | kwargs
        with pytest.raises(error) as caught:
            self.call(method, *args, **kwargs)
        return caught.value

    def items(self, method: str, **kwargs: Any) -> list[Any]:
        """All items of a list."""
        pages = self.call(method, **kwargs)
        if self.is_sync:
            return list(pages)

        async def collect() -> list[Any]:
            return [item async for item in pages]

        return self._runner.run(collect())

    def wait(self, returned: Any) -> Any:
        """Wait for what the asynchronous client returns, which the synchronous one has done already."""

        async def awaited() -> Any:
            return await returned

        return self._runner.run(awaited()) if inspect.isawaitable(returned) else returned

    def with_options(self, **options: Any) -> Driver:
        return Driver(self.client.with_options(**options), self._runner, self.clock)

    def close(self) -> None:
        self.call("close" if self.is_sync else "aclose")


@contextmanager
def driving(kind: str, script: Script | None = None, **options: Any) -> Generator[Driver]:
    """Open a client of the given kind: on a script its clock is in the test's hands, on a socket it is the real one.

    With the option `is_timed` it is the real one on a script too.
    """
    clock = Clock()
    is_timed = options.pop("is_timed", False)
    chosen: dict[str, Any] = {"api_key": API_KEY, "api_base": "http://127.0.0.1:1"}
    chosen |= {} if script is None else {"transport": script}
    chosen |= options

    class SyncClient(MolamClient):
        _sleep = staticmethod(clock.sleep)
        _now = staticmethod(clock.read)
        _random = staticmethod(lambda: 1.0)

    class AsyncClient(MolamAsyncClient):
        _sleep = staticmethod(clock.sleep_async)
        _now = staticmethod(clock.read)
        _random = staticmethod(lambda: 1.0)

    made: type[MolamClient | MolamAsyncClient]
    if {"transport", "http_adapter"} & chosen.keys() and not is_timed:
        made = SyncClient if kind == "sync" else AsyncClient
    else:
        made = MolamClient if kind == "sync" else MolamAsyncClient
    with asyncio.Runner() as runner:
        driver = Driver(made(**{name: value for name, value in chosen.items() if value is not ...}), runner, clock)
        try:
            yield driver
        finally:
            driver.close()
