"""Clients are made, used and closed."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from molam_sdk import Config, MolamAsyncClient, MolamClient, errors
from tests.unit.sdk.scripted import API_KEY, Script, answered, driving


def test_a_closed_client_refuses_calls(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        copy = driver.with_options(timeout=1)
        driver.close()
        for closed in (driver, copy):
            with pytest.raises(errors.ConfigurationError, match="closed") as caught:
                closed.create(idempotency_key="order-1")
            assert (caught.value.outcome, caught.value.idempotency_key, caught.value.attempts) == (
                "not_sent",
                "order-1",
                0,
            )
    assert (script.requests, script.closed > 0) == ([], True)


def test_a_client_closed_in_the_middle_of_a_call_leaves_the_doubt(kind: str) -> None:
    script = Script(httpx.ReadError("torn"), answered())
    with driving(kind, script, backoff_factor=0) as driver:
        wire: Any = driver.client

        def close_and_tear(_: httpx.Request) -> httpx.Response:
            wire._wire._closed = True
            raise httpx.ReadError("torn")

        script.answers[0] = close_and_tear
        with pytest.raises(errors.NetworkError, match=r"closed.*repeat it with error\.idempotency_key") as caught:
            driver.create(idempotency_key="order-1")
    assert (caught.value.outcome, caught.value.idempotency_key, caught.value.attempts) == ("unknown", "order-1", 1)


def test_context_managers_close() -> None:
    script = Script(answered())
    with MolamClient(api_key=API_KEY, transport=script) as client:
        assert isinstance(client, MolamClient)
    assert script.closed == 1


async def _use_async(script: Script) -> None:
    async with MolamAsyncClient(api_key=API_KEY, transport=script) as client:
        assert isinstance(client, MolamAsyncClient)


def test_async_context_managers_close() -> None:
    script = Script(answered())
    asyncio.run(_use_async(script))
    assert script.closed == 1


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
def test_options_win_over_the_config(made: type[MolamClient | MolamAsyncClient]) -> None:
    client = made(Config(api_key=API_KEY, max_retries=1), max_retries=7, transport=Script(answered()))
    assert (client.config.max_retries, client.config.api_key) == (7, API_KEY)


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
@pytest.mark.parametrize("config", [API_KEY, {"api_key": API_KEY}, 7])
def test_what_is_no_config_is_refused_and_not_shown(made: Any, config: object) -> None:
    with pytest.raises(errors.ConfigurationError, match="a Config or keywords") as caught:
        made(config)
    assert API_KEY not in str(caught.value)


@pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])
def test_an_unknown_option_is_a_type_error(made: Any) -> None:
    with pytest.raises(TypeError, match="timeuot"):
        made(api_key=API_KEY, timeuot=3)


@pytest.mark.parametrize("failure", [ZeroDivisionError("a bug"), StopIteration("exhausted")], ids=repr)
def test_a_transport_may_raise_what_it_likes(kind: str, failure: Exception) -> None:
    """Nobody knows what became of the attempt, so it is repeated with its key."""
    script = Script(failure, answered())
    with driving(kind, script) as driver:
        driver.create()
    first, second = script.sent("Idempotency-Key")
    assert first == second


def test_closing_a_copy_leaves_the_connections_of_its_client_open() -> None:
    script = Script(answered())
    with MolamClient(api_key=API_KEY, transport=script) as client:
        with client.with_options(timeout=2) as copy:
            assert copy is not client
        assert script.closed == 0
        assert client.payment_intents.create(amount=2500, currency="USD").id
    assert script.closed == 1


async def _closes_a_copy(script: Script) -> None:
    async with MolamAsyncClient(api_key=API_KEY, transport=script) as client:
        async with client.with_options(timeout=2):
            pass
        assert script.closed == 0


def test_closing_an_async_copy_leaves_the_connections_of_its_client_open() -> None:
    script = Script(answered())
    asyncio.run(_closes_a_copy(script))
    assert script.closed == 1
