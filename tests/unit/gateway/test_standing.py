"""A socket is told nothing more once its credential has ended, however much there is to tell, by an injected clock."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.responses import Response
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from molam_gateway.access import signing_keys
from molam_gateway.access.allowance import Unlimited
from molam_gateway.access.keyring import Keyring
from molam_gateway.access.tokens import Claims
from molam_gateway.http import transport
from molam_gateway.http.admission import Admission
from molam_gateway.http.auth import Authenticator
from molam_gateway.http.websockets import WebSocketRoutes
from molam_gateway.operations.payment_intents import create_payment_intent
from molam_gateway.realtime.hub import Hub
from molam_gateway.realtime.sequencer import Sequencer
from molam_gateway.realtime.sockets import Sockets
from molam_gateway.settings import Settings
from molam_gateway.storage import api_keys
from molam_gateway.storage.api_keys import ApiKey
from molam_gateway.vault import Vault

from .bench import ACCOUNT, Bench

pytestmark = pytest.mark.anyio

KEY = "sk_test_standing"
LIFETIME = 900
_PATIENCE = 10.0
_UNAUTHENTICATED = 4401


@dataclass
class Stage:
    """Sockets on a real port, whose clock moves only when it is told to."""

    bench: Bench
    hub: Hub
    keyring: Keyring
    port: int

    @contextlib.asynccontextmanager
    async def listening(self, credential: str) -> AsyncGenerator[ClientConnection]:
        """A client that was told how things are."""
        headers = {"Authorization": f"Bearer {credential}"}
        async with connect(f"ws://127.0.0.1:{self.port}/ws/events", additional_headers=headers, proxy=None) as feed:
            assert json.loads(await feed.recv())["type"] == "snapshot"
            yield feed

    async def token(self, lifetime: float = LIFETIME) -> str:
        """A token of the key."""
        ends = int(self.bench.clock.real_now().timestamp() + lifetime)
        return await self.keyring.sign(Claims("tok_1", ACCOUNT.id, False, "key_1", frozenset({"payments:read"}), ends))

    async def happen(self) -> None:
        """An event of the account, numbered."""
        await self.bench.call(create_payment_intent, {"amount": 500, "currency": "USD"})
        await Sequencer(self.bench.store, self.hub.wake).claim()

    async def revoke(self) -> None:
        """Take the key back."""
        async with self.bench.store.transaction() as tx:
            await tx.execute(api_keys.REVOKE, {"id": "key_1", "now": 1})


@pytest.fixture
async def stage(bench: Bench) -> AsyncGenerator[Stage]:
    services, settings = bench.services, Settings()
    vault = services.vault
    assert isinstance(vault, Vault)
    await signing_keys.ensure(bench.store, vault, services.ids, bench.clock.real_now())
    async with bench.store.transaction() as tx:
        key = ApiKey("key_1", ACCOUNT.id, False, vault.fingerprint(KEY), ["payments:read"])
        await api_keys.insert(tx, key, last4=KEY[-4:], created_at=0)
    keyring = Keyring(bench.store, vault, bench.clock, lambda: settings.public_url)
    authenticator = Authenticator(bench.store, vault, bench.clock, keyring, livemode=False)
    hub = Hub(bench.store)
    hub.start()
    sockets = Sockets(services, settings, hub, Admission(authenticator, Unlimited(), livemode=False))
    app = WebSocketRoutes(sockets.serve, Response(status_code=404), services.ids, ())
    listener, ready = transport.bind("127.0.0.1", 0), asyncio.Event()
    server = transport.server(app, drain_timeout=1, ready=ready.set, draining=lambda: None)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await ready.wait()
    try:
        yield Stage(bench, hub, keyring, listener.getsockname()[1])
    finally:
        server.stop()
        await serving
        await hub.stop()


async def told(feed: ClientConnection) -> list[dict[str, Any]]:
    """What is told until the gateway ends it, which it has to do for want of a credential."""
    frames: list[dict[str, Any]] = []
    async with asyncio.timeout(_PATIENCE):
        with contextlib.suppress(ConnectionClosed):
            while True:
                frames.append(json.loads(await feed.recv()))
    assert feed.close_code == _UNAUTHENTICATED
    return frames


async def test_nothing_is_told_once_the_token_has_expired(stage: Stage) -> None:
    async with stage.listening(await stage.token()) as feed:
        stage.bench.clock.pass_real_time(LIFETIME - 1)
        await stage.happen()
        assert json.loads(await feed.recv())["type"] == "payment.initiated"
        stage.bench.clock.pass_real_time(1)
        await stage.happen()
        assert await told(feed) == []


async def test_a_socket_that_is_told_nothing_ends_with_its_token(stage: Stage) -> None:
    async with stage.listening(await stage.token(lifetime=1)) as feed:
        stage.bench.clock.pass_real_time(1)
        assert await told(feed) == []


async def test_a_revoked_key_is_found_out_while_there_is_always_something_to_tell(stage: Stage) -> None:
    async with stage.listening(KEY) as feed:
        await stage.happen()
        assert json.loads(await feed.recv())["type"] == "payment.initiated"
        await stage.revoke()
        await stage.happen()
        assert json.loads(await feed.recv())["type"] == "payment.initiated", "the key was good a moment ago"
        stage.bench.clock.pass_real_time(60)
        for _ in range(3):
            await stage.happen()
        assert await told(feed) == []
