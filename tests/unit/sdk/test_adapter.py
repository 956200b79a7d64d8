"""An HTTPAdapter: any HTTP library behind one function, with all promises kept around it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from molam_sdk import HTTPAdapter, MolamClient, errors
from tests.unit.sdk.scripted import API_KEY, driving
from tests.unit.sdk.spec_examples import example_intent

Answer = tuple[Any, Any, Any]
OK: Answer = (201, json.dumps(example_intent()), {"Content-Type": "application/json"})


class Recorded:
    """Answers from a list and remembers what it was asked."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def send(self, method: str, url: str, headers: Mapping[str, str], json: Any, timeout: float) -> Answer:
        self.asked.append({"method": method, "url": url, "headers": dict(headers), "json": json, "timeout": timeout})
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Later(Recorded):
    """The same, as a coroutine."""

    def send(self, method: str, url: str, headers: Mapping[str, str], json: Any, timeout: float) -> Any:
        answer = super().send

        async def answered() -> Answer:
            await asyncio.sleep(0)
            return answer(method, url, headers, json, timeout)

        return answered()


def test_an_adapter_gets_the_request_in_plain_values(kind: str) -> None:
    adapter = Recorded(OK)
    with driving(kind, http_adapter=adapter, timeout=(5, 20)) as driver:
        assert driver.create(idempotency_key="order-1").id == example_intent()["id"]
    (asked,) = adapter.asked
    assert (asked["method"], asked["url"]) == ("POST", "http://127.0.0.1:1/v1/connect/payment_intents")
    assert (asked["json"], asked["timeout"]) == ({"amount": 2500, "currency": "USD"}, 20.0)
    headers = asked["headers"]
    assert (headers["authorization"], headers["idempotency-key"]) == (f"Bearer {API_KEY}", "order-1")
    assert not {"host", "content-length"} & set(headers), "the library that writes the body knows them"


def test_a_read_has_no_body_and_a_query(kind: str) -> None:
    adapter = Recorded((200, '{"object":"list","data":[],"has_more":false,"next_cursor":null,"url":"/"}', {}))
    with driving(kind, http_adapter=adapter) as driver:
        assert driver.items("payment_intents.list", customer_id="a b&c") == []
    assert adapter.asked[0]["json"] is None
    assert adapter.asked[0]["url"].endswith("/v1/connect/payment_intents?customer_id=a+b%26c")


def test_a_coroutine_is_awaited() -> None:
    adapter = Later(OK)
    with driving("async", http_adapter=adapter) as driver:
        assert driver.create().amount == example_intent()["amount"]


class Lazy:
    """The same, as an `async def`."""

    def __init__(self, *answers: Answer) -> None:
        self._recorded = Recorded(*answers)
        self.asked = self._recorded.asked

    async def send(self, *request: Any) -> Answer:
        return self._recorded.send(*request)


class Caller:
    """An object that is called like an asynchronous function."""

    def __init__(self, adapter: Lazy) -> None:
        self._adapter = adapter

    async def __call__(self, *request: Any) -> Any:
        return await self._adapter.send(*request)


class Holder:
    """An adapter whose `send` is an attribute."""

    def __init__(self, send: Any) -> None:
        self.send = send


AROUND: dict[str, Callable[[Lazy], Any]] = {
    "method": lambda lazy: lazy,
    "attribute": lambda lazy: Holder(lazy.send),
    "partial": lambda lazy: Holder(partial(Lazy.send, lazy)),
    "callable object": lambda lazy: Holder(Caller(lazy)),
    "partial of one": lambda lazy: Holder(partial(Caller(lazy))),
}


@pytest.mark.parametrize("around", AROUND)
def test_an_asynchronous_function_needs_the_asynchronous_client(around: str) -> None:
    adapter = Lazy(OK)
    with driving("sync", http_adapter=AROUND[around](adapter)) as driver:
        error = driver.fail(errors.ConfigurationError, idempotency_key="order-1")
    assert "needs MolamAsyncClient" in error.message
    assert (error.outcome, error.idempotency_key, adapter.asked) == ("not_sent", "order-1", [])
    with driving("async", http_adapter=AROUND[around](adapter)) as driver:
        assert driver.create().amount == example_intent()["amount"]


class Starting(Recorded):
    """Makes the request at once, and returns a coroutine that waits for its answer."""

    def send(self, method: str, url: str, headers: Mapping[str, str], json: Any, timeout: float) -> Any:
        answer = super().send(method, url, headers, json, timeout)

        async def wait() -> Answer:
            return answer

        return wait()


@pytest.mark.parametrize("is_wrapped", [False, True], ids=["method", "partial"])
def test_a_function_that_returns_a_coroutine_may_have_begun_the_request(is_wrapped: bool) -> None:
    adapter = Starting(OK)
    with driving("sync", http_adapter=Holder(partial(adapter.send)) if is_wrapped else adapter) as driver:
        error = driver.fail(errors.NetworkError, idempotency_key="order-1")
    assert (error.outcome, error.cause_type, error.attempts) == ("unknown", "AsynchronousAnswer", 1)
    assert len(adapter.asked) == 1


def test_what_may_be_under_way_already_was_sent() -> None:
    """Futures and tasks run whether or not anybody waits for them."""
    adapter = Later(OK)

    under_way: list[asyncio.Future[Answer]] = []

    class UnderWay:
        def send(self, *request: Any) -> Any:
            under_way.append(asyncio.ensure_future(adapter.send(*request)))
            return under_way[-1]

    async def call() -> errors.MolamError:
        client = MolamClient(api_key=API_KEY, http_adapter=UnderWay())
        with client, pytest.raises(errors.NetworkError) as caught:
            client.payment_intents.create(amount=2500, currency="USD", idempotency_key="order-1")
        assert await under_way[0] == OK
        return caught.value

    error = asyncio.run(call())
    assert (error.outcome, error.cause_type, len(under_way)) == ("unknown", "AsynchronousAnswer", 1)
    assert error.idempotency_key == adapter.asked[0]["headers"]["idempotency-key"] == "order-1"


def test_a_coroutine_that_has_begun_was_sent() -> None:
    class Begun:
        def send(self, *request: Any) -> Any:
            begun.append(Later(OK).send(*request))
            begun[0].send(None)
            return begun[0]

    begun: list[Any] = []
    with driving("sync", http_adapter=Begun(), max_retries=0) as driver:
        assert driver.fail(errors.NetworkError).outcome == "unknown"
    begun[0].close()


@pytest.mark.parametrize(
    "failure",
    [
        OSError("reset"),
        ValueError("a bug"),
        KeyError("x"),
        RuntimeError("closed"),
        errors.RateLimitError("another API of yours"),
        errors.ConfigurationError("another client of yours"),
    ],
)
def test_any_exception_is_a_lost_answer(kind: str, failure: Exception) -> None:
    adapter = Recorded(failure, OK)
    with driving(kind, http_adapter=adapter) as driver:
        driver.create()
    assert len({asked["headers"]["idempotency-key"] for asked in adapter.asked}) == 1

    with driving(kind, http_adapter=Recorded(failure), max_retries=0) as driver:
        error = driver.fail(errors.NetworkError)
    assert (error.outcome, error.phase, error.cause_type) == ("unknown", "headers", type(failure).__name__)


def test_its_timeouts_are_timeouts(kind: str) -> None:
    with driving(kind, http_adapter=Recorded(TimeoutError("slow")), max_retries=0) as driver:
        assert driver.fail(errors.TimeoutError).outcome == "unknown"


@pytest.mark.parametrize(
    "answer", [None, (), 201, ("OK", OK[1], {}), (None, OK[1], {})], ids=lambda answer: repr(answer)[:20]
)
def test_an_answer_without_a_status_is_a_lost_one(kind: str, answer: Any) -> None:
    with driving(kind, http_adapter=Recorded(answer), max_retries=0) as driver:
        assert driver.fail(errors.NetworkError).outcome == "unknown"


@pytest.mark.parametrize(
    "answer",
    [
        (201, OK[1].encode(), {}),
        (201, bytearray(OK[1].encode()), {}),
        (201, OK[1], None),
        (201, OK[1], [("a", "b")]),
        (201, OK[1], {"a": 1}),
        (201, OK[1], {b"a": b"b"}),
        (201, OK[1], 7),
        (201, OK[1]),
        (201, OK[1], {}, "more"),
    ],
    ids=lambda answer: repr(answer[2:]) + type(answer[1]).__name__,
)
def test_a_success_of_another_shape_is_one(kind: str, answer: Any) -> None:
    with driving(kind, http_adapter=Recorded(answer)) as driver:
        assert driver.create().id == example_intent()["id"]


@pytest.mark.parametrize("answer", [(201, None, {}), (201, b"\xff", {}), (201, example_intent(), {}), (201,)], ids=repr)
def test_a_success_that_cannot_be_read_is_never_repeated(kind: str, answer: Any) -> None:
    adapter = Recorded(answer, OK)
    with driving(kind, http_adapter=adapter) as driver:
        error = driver.fail(errors.UnexpectedResponseError)
    assert (error.outcome, error.attempts, len(adapter.asked)) == ("unknown", 1, 1)


def test_a_refusal_that_cannot_be_read_is_judged_by_its_status(kind: str) -> None:
    with driving(kind, http_adapter=Recorded((503, None, None), OK), backoff_factor=0) as driver:
        assert driver.create().id == example_intent()["id"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Odd": "é", "X-Odder": "漢字"},
        {"Content-Encoding": "gzip", "Content-Length": "3", "Transfer-Encoding": "chunked"},
        {"CONTENT-ENCODING": "br"},
    ],
    ids=repr,
)
def test_headers_of_a_success_cannot_spoil_it(kind: str, headers: dict[str, str]) -> None:
    with driving(kind, http_adapter=Recorded((201, OK[1], headers))) as driver:
        assert driver.create().id == example_intent()["id"]


def test_an_adapter_need_not_hand_on_the_echo_unless_it_is_required(kind: str) -> None:
    with driving(kind, http_adapter=Recorded(OK), api_base=..., environment="local") as driver:
        driver.create()
    with driving(kind, http_adapter=Recorded(OK), require_attempt_id=True, max_retries=0) as driver:
        driver.fail(errors.UnexpectedResponseError)


def test_another_attempts_echo_is_not_believed(kind: str) -> None:
    stale = (201, OK[1], {"Molam-Attempt-Id": "stale"})
    with driving(kind, http_adapter=Recorded(stale), max_retries=0) as driver:
        driver.fail(errors.UnexpectedResponseError)


def test_a_status_in_words_that_are_a_number_is_one(kind: str) -> None:
    with driving(kind, http_adapter=Recorded(("201", OK[1], {}))) as driver:
        assert driver.create().id == example_intent()["id"]


def test_text_that_is_no_text_does_not_break(kind: str) -> None:
    body = json.dumps(example_intent(description="half \ud83d"), ensure_ascii=False)
    with driving(kind, http_adapter=Recorded((201, body, {}))) as driver:
        assert driver.create().id == example_intent()["id"]


def test_answers_over_the_limit_are_not_parsed(kind: str) -> None:
    with driving(kind, http_adapter=Recorded(OK), max_response_bytes=50) as driver:
        assert len(driver.fail(errors.UnexpectedResponseError).raw) == 50


def test_adapters_exclude_transports_and_options_of_the_connection() -> None:
    clashes: list[Callable[[], object]] = [
        lambda: MolamClient(api_key=API_KEY, http_adapter=Recorded(), wire="httpx"),
        lambda: MolamClient(api_key=API_KEY, http_adapter=Recorded(), proxy="http://127.0.0.1:1"),
        lambda: MolamClient(api_key=API_KEY, http_adapter=object()),
    ]
    for clash in clashes:
        with pytest.raises(errors.ConfigurationError):
            clash()


def test_the_recorded_adapter_is_one_by_its_shape() -> None:
    adapter: HTTPAdapter = Recorded(OK)
    assert MolamClient(api_key=API_KEY, http_adapter=adapter).config.http_adapter is adapter
