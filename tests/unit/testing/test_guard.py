"""The guard: whatever carries a call, none leaves this machine, and none with a live key leaves at all."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamAsyncClient, MolamClient, RetryEvent, _guard, errors
from molam_sdk.testing import MockAdapter, ScriptedTransport, WebhookMaker, answered, guarded

ELSEWHERE = "https://molam.invalid"
LIVE = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
TEST = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
DEFAULTS: dict[str, Any] = {"api_key": TEST, "api_base": ELSEWHERE, "deadline": 1.0}

_seen: list[str] | None = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is not None and event in ("socket.getaddrinfo", "socket.connect"):
        _seen.append(event)


@pytest.fixture(scope="module", autouse=True)
def _watching() -> None:
    sys.addaudithook(_watch)


@pytest.fixture
def attempts() -> Iterator[list[str]]:
    """What the process asked the system for: names and connections."""
    global _seen
    _seen = []
    yield _seen
    _seen = None


class Adapter:
    """An adapter of a user's that would send."""

    def __init__(self) -> None:
        self.called = 0

    def send(
        self, method: str, url: str, headers: Mapping[str, str], json: Any, timeout: float
    ) -> tuple[int, str, dict[str, str]]:
        self.called += 1
        return 200, "{}", {}


def call(**options: Any) -> None:
    options = DEFAULTS | options
    with MolamClient(**options) as client:
        client.payment_intents.create(amount=2500, currency="USD")


def call_async(**options: Any) -> None:
    async def main() -> None:
        async with MolamAsyncClient(**DEFAULTS | options) as client:
            await client.payment_intents.create(amount=2500, currency="USD")

    asyncio.run(main())


def follow(**options: Any) -> None:
    options = DEFAULTS | options
    with MolamClient(**options) as client, client.realtime.events() as feed:
        next(feed)


def follow_async(**options: Any) -> None:
    async def main() -> None:
        async with MolamAsyncClient(**DEFAULTS | options) as client, client.realtime.events() as feed:
            await anext(feed)

    asyncio.run(main())


def through(way: Callable[..., None], engine: str, make: Callable[[], Any]) -> Callable[..., None]:
    """The same call with another engine each time."""

    def called(**options: Any) -> None:
        way(**{engine: make()}, **options)

    return called


WAYS: dict[str, Callable[..., None]] = {
    "sync": call,
    "async": call_async,
    "httpx": through(call, "wire", lambda: "httpx"),
    "async httpx": through(call_async, "wire", lambda: "httpx"),
    "transport": through(call, "transport", httpx.HTTPTransport),
    "async transport": through(call_async, "transport", httpx.AsyncHTTPTransport),
    "adapter": through(call, "http_adapter", Adapter),
    "feed": follow,
    "async feed": follow_async,
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_leaves_for_another_host(way: str, attempts: list[str]) -> None:
    with guarded():
        before = len(attempts)
        with pytest.raises(errors.CallBlockedError, match=r"leave this machine for molam\.invalid") as caught:
            WAYS[way]()
    assert [each for each in attempts[before:] if each == "socket.getaddrinfo"] == []
    assert caught.value.outcome == "not_sent"
    assert "molam_network" in caught.value.message
    assert "molam_guard" in caught.value.message
    assert TEST not in caught.value.message


@pytest.mark.parametrize("way", WAYS)
def test_a_live_key_leaves_for_no_host_not_even_this_one(way: str) -> None:
    with (
        guarded("*"),
        pytest.raises(errors.CallBlockedError, match=r"live key .*network\(live=True\)") as caught,
    ):
        WAYS[way](api_key=LIVE, api_base="http://127.0.0.1:9")
    assert LIVE not in caught.value.message


def test_a_live_key_in_a_header_is_found() -> None:
    with guarded("*"), MolamClient(api_key=TEST, api_base="http://127.0.0.1:9") as client:
        other = client.with_options(headers={"X-Upstream-Key": LIVE})
        with pytest.raises(errors.CallBlockedError, match="live key"):
            other.balance.retrieve()


def test_what_is_allowed_is_tried(attempts: list[str]) -> None:
    """The same calls without the guard ask for the name: the tests above would see it."""
    with guarded("*.invalid"), pytest.raises(errors.NetworkError):
        call()
    assert "socket.getaddrinfo" in attempts


def test_a_call_that_is_blocked_has_its_key_and_is_not_repeated() -> None:
    told: list[str] = []

    def retried(event: RetryEvent) -> None:
        told.append(event.operation)

    hooks = {"retry": (retried,)}
    with (
        guarded(),
        MolamClient(api_key=TEST, api_base=ELSEWHERE, event_hooks=hooks) as client,
        pytest.raises(errors.CallBlockedError) as caught,
    ):
        client.payment_intents.create(amount=1, currency="USD", idempotency_key="order-1")
    assert caught.value.idempotency_key == "order-1"
    assert told == []


def test_this_machine_may_be_called_also_by_an_event_loop() -> None:
    with Sandbox() as sandbox, guarded():
        for way in (call, call_async, follow_by_half, WAYS["httpx"]):
            way(api_key=sandbox.api_key, api_base=sandbox.url)


def follow_by_half(**options: Any) -> None:
    with MolamClient(**options) as client, client.realtime.events():
        pass


def test_a_proxy_elsewhere_leads_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.invalid:3128")
    with guarded():
        for options in ({"proxy": "http://proxy.invalid:3128"}, {"trust_env": True}):
            with pytest.raises(errors.CallBlockedError, match=r"proxy\.invalid"):
                call(api_base="https://localhost:9", **options)


def test_what_sends_nothing_needs_no_permission() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=MockAdapter().send("GET", "https://x/v1/account", {}, None, 1)[1].decode())

    class Offline(Adapter):
        molam_offline = True

    with guarded():
        call(http_adapter=MockAdapter())
        call_async(http_adapter=MockAdapter())
        for options in ({"http_adapter": Offline()}, {"transport": httpx.MockTransport(answer)}):
            with pytest.raises(errors.UnexpectedResponseError):
                call(**options)
        with pytest.raises(errors.CallBlockedError):
            follow(transport=ScriptedTransport(answered()))  # a feed has a connection of its own


def test_webhooks_are_sent_to_this_machine_only(attempts: list[str]) -> None:
    webhook = WebhookMaker("whsec_x").make("refund.updated")
    with guarded():
        with pytest.raises(errors.CallBlockedError):
            webhook.send("https://shop.invalid/hook")
        with pytest.raises(errors.CallBlockedError):
            asyncio.run(webhook.asend("https://shop.invalid/hook"))
    assert "socket.getaddrinfo" not in attempts


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (None, None),
        ("", None),
        ("off", None),
        ("0", None),
        ("on", _guard.Rules()),
        ("ON, api.example *.b live", _guard.Rules(("api.example", "*.b"), live_keys=True)),
        ("of", _guard.Rules(("of",))),
    ],
)
def test_the_variable_says_the_rules(text: str | None, rules: _guard.Rules | None) -> None:
    assert _guard.rules_of(text) == rules


def test_programs_that_a_test_starts_are_guarded_too() -> None:
    program = f"import molam_sdk; molam_sdk.MolamClient(api_key={TEST!r}, api_base={ELSEWHERE!r}).balance.retrieve()"
    with guarded("other.invalid"):
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment | {"MOLAM_GUARD": "on"}, capture_output=True, text=True
    )
    assert "molam_sdk.errors.CallBlockedError: blocked in a test" in done.stderr


def test_a_block_leaves_the_rules_as_they_were() -> None:
    before = _guard.rules, os.environ.get("MOLAM_GUARD")
    with guarded("a.example", live_keys=True):
        assert os.environ["MOLAM_GUARD"] == "on a.example live"
        with guarded():
            assert os.environ["MOLAM_GUARD"] == "on"
        assert _guard.rules == _guard.Rules(("a.example",), live_keys=True)
    assert (_guard.rules, os.environ.get("MOLAM_GUARD")) == before
