"""A gateway and a client of either kind that talks to it over a real socket."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamAsyncClient, MolamClient
from tests.contract.blocking import blocking
from tests.gateway_fixtures import Api, gateway, receiver, shared_gateway

__all__ = ["gateway", "receiver", "shared_gateway"]

Connect = Callable[..., MolamClient]


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which of the two clients a test runs on."""
    return str(request.param)


@pytest.fixture
def connect(kind: str) -> Iterator[Connect]:
    """Opens a client on a gateway; it hardly pauses between retries unless told to."""
    with ExitStack() as opened:

        def open_client(sandbox: Sandbox, **options: Any) -> MolamClient:
            chosen: dict[str, Any] = {
                "api_key": sandbox.api_key,
                "api_base": sandbox.url,
                "webhook_secret": sandbox.webhook_secret,
                "require_attempt_id": True,
                "backoff_factor": 0.01,
                "deadline": 20,
                **options,
            }
            if kind == "sync":
                client = MolamClient(**chosen)
            else:
                runner = opened.enter_context(asyncio.Runner())
                client = blocking(MolamAsyncClient(**chosen), runner)
            opened.callback(client.close)
            return client

        yield open_client


@pytest.fixture
def shared_client(connect: Connect, shared_gateway: Sandbox) -> MolamClient:
    """A client of the module's gateway, for tests that neither advance its clock nor arm faults."""
    return connect(shared_gateway)


@pytest.fixture
def client(connect: Connect, gateway: Sandbox) -> MolamClient:
    """A client of the test's own gateway."""
    return connect(gateway)


@pytest.fixture
def bystander(gateway: Sandbox) -> Iterator[Api]:
    """Somebody else with the same key, who speaks plain HTTP to the test's own gateway."""
    api = Api(gateway.url, gateway.api_key)
    yield api
    api.close()
