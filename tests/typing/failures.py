"""What a type checker knows of the errors, the hooks and the adapter that a user writes."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any, Literal, assert_type

from molam_sdk import (
    CircuitEvent,
    HTTPAdapter,
    MolamAsyncClient,
    MolamClient,
    RequestEvent,
    ResponseEvent,
    RetryEvent,
    errors,
)


def handled(client: MolamClient) -> None:
    try:
        client.payment_intents.create(amount=2500, currency="USD")
    except errors.DeclinedError as error:
        assert_type(error.decline_code, str | None)
        if error.resource is not None:
            assert_type(error.resource.id, str | None)
    except errors.CircuitOpenError as error:
        assert_type(error.retry_after, float | None)
        assert_type(error.region, str | None)
        assert_type(error.operations, Literal["read", "write"] | None)
        assert_type(error.state, Literal["open", "half_open"])
    except builtins.TimeoutError as error:
        assert_type(error, builtins.TimeoutError)
    except errors.NetworkError as error:
        assert_type(error.phase, Literal["dns", "connect", "tls", "write", "headers", "body"] | None)
    except errors.UnexpectedResponseError as error:
        assert_type(error.raw, bytes)
        assert_type(error.object_id, str | None)
    except errors.ValidationError as error:
        assert_type(error.param, str | None)
        assert_type([problem.pointer for problem in error.errors], list[str | None])
    except errors.MolamError as error:
        assert_type(error.outcome, Literal["not_sent", "unknown", "rejected"])
        assert_type(error.idempotency_key, str | None)
        assert_type(error.attempts, int)
        assert_type(error.payload, Mapping[str, Any] | None)


def tree(error: errors.TimeoutError, refused: errors.ConfigurationError) -> None:
    network: errors.NetworkError = error
    builtin: builtins.TimeoutError = error
    value: ValueError = refused
    assert_type(network.message, str)
    raise builtin from value


def on_request(event: RequestEvent) -> None:
    assert_type(event.attempt, int)
    assert_type(event.idempotency_key, str | None)


async def on_response(event: ResponseEvent) -> None:
    assert_type(event.elapsed, float)
    assert_type(event.status_code, int | None)


def on_retry(event: RetryEvent) -> None:
    assert_type(event.delay, float)
    event.delay = 0.0  # type: ignore[misc]


def on_circuit(event: CircuitEvent) -> None:
    assert_type(event.state, Literal["closed", "open", "half_open"])
    assert_type(event.operations, Literal["read", "write"])
    event.state = "closed"  # type: ignore[misc]


class Requests:
    """An adapter over a library of the user's."""

    def send(
        self, method: str, url: str, headers: Mapping[str, str], json: Any, timeout: float
    ) -> tuple[int, str, Mapping[str, str]]:
        return 200, "{}", {}


class Aiohttp:
    """An asynchronous one."""

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: Any,
        timeout: float,  # noqa: ASYNC109 - as the protocol has it
    ) -> tuple[int, str, Mapping[str, str]]:
        return 200, "{}", {}


class NoAdapter:
    """Something else."""

    def send(self, request: bytes) -> bytes:
        return request


def hooks_and_adapters() -> None:
    MolamClient(event_hooks={"request": on_request, "retry": [on_retry]}, http_adapter=Requests())
    MolamAsyncClient(event_hooks={"response": on_response}, http_adapter=Aiohttp())
    adapter: HTTPAdapter = Requests()
    later: HTTPAdapter = Aiohttp()
    MolamClient(http_adapter=adapter)
    MolamAsyncClient(http_adapter=later)
    wrong: HTTPAdapter = NoAdapter()  # type: ignore[assignment]
    MolamClient(http_adapter=wrong)
