"""A gateway with a spec of a few lines and handlers of the test's own, on a real socket."""

import asyncio
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from molam_gateway.access.allowance import Limiter, Unlimited
from molam_gateway.access.keyring import Keyring
from molam_gateway.clock import Clock
from molam_gateway.domain.ids import IdGenerator
from molam_gateway.http import spec, transport
from molam_gateway.http.admission import Admission
from molam_gateway.http.auth import Authenticator
from molam_gateway.http.edge import Edge
from molam_gateway.http.router import Handler, SpecRouter
from molam_gateway.http.transport import Server
from molam_gateway.sandbox import seed
from molam_gateway.sandbox_providers import sandbox_providers
from molam_gateway.sandbox_simulators import Simulators
from molam_gateway.services import Services
from molam_gateway.settings import Settings
from molam_gateway.storage.migrate import migrate_sqlite
from molam_gateway.storage.sqlite import SqliteStore
from molam_gateway.vault import Vault, generate_key

KEY = "sk_test_tiny"

PROBLEM = {"application/problem+json": {"schema": {"type": "object", "required": ["code"]}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/things/{thing_id}": {
            "get": {
                "operationId": "retrieve_thing",
                "tags": ["payment_intents"],
                "parameters": [
                    {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 5}}
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                    **{status: {"content": PROBLEM} for status in ("400", "401", "403", "429", "500", "503")},
                },
            }
        },
        "/things": {
            "post": {
                "operationId": "create_thing",
                "tags": ["payment_intents"],
                "x-idempotency-key": "required",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                },
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                    **{status: {"content": PROBLEM} for status in ("400", "401", "403", "415", "429", "500")},
                },
            }
        },
        "/v1/sandbox/things": {"get": {"operationId": "list_sandbox_things", "responses": {}}},
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "string"}, "size": {"type": "integer"}},
                "additionalProperties": False,
            }
        }
    },
}


@dataclass(frozen=True)
class Tiny:
    """The running gateway."""

    client: httpx.Client
    port: int
    services: Services


def router(
    handlers: Mapping[str, Handler],
    settings: Settings,
    services: Services,
    vault: Vault,
    limiter: Limiter | None = None,
) -> SpecRouter:
    keyring = Keyring(services.store, vault, services.clock, lambda: settings.public_url)
    authenticator = Authenticator(services.store, vault, services.clock, keyring, livemode=settings.livemode)
    admission = Admission(authenticator, limiter or Unlimited(), livemode=settings.livemode)
    return SpecRouter(spec.operations(DOCUMENT), handlers, services, settings, admission)


@contextmanager
def running(
    directory: Path,
    handlers: Mapping[str, Handler],
    settings: Settings | None = None,
    *,
    pure_python: bool = False,
    inner: ASGIApp | None = None,
    limiter: Limiter | None = None,
) -> Generator[Tiny]:
    """Serve `handlers` (or another ASGI application `inner`) in a thread."""
    chosen = settings or Settings(validate_responses=True)
    ready = threading.Event()
    failure: list[BaseException] = []
    started: list[tuple[Server, int, Services]] = []

    async def serve() -> None:
        migrate_sqlite(directory / "tiny.db")
        store = SqliteStore(directory / "tiny.db", durable=False)
        try:
            clock, ids, vault = await Clock.restore(store), IdGenerator(), Vault([generate_key()])
            await seed(store, vault, ids, clock.now(), api_key=KEY)
            simulators = Simulators(None, clock.now, chosen.public_url, vault.derive)
            providers = sandbox_providers(store, clock.now, ids, lambda: chosen.public_url, simulators)
            services = Services(store, clock, providers, chosen, vault, lambda: None, ids)
            served = inner or router(handlers, chosen, services, vault, limiter)
            app = Edge(served, ids, chosen.public_url, chosen.trusted_proxies)
            listener = transport.bind("127.0.0.1", 0)
            server = transport.server(
                app, drain_timeout=2, ready=ready.set, draining=threading.Event().set, pure_python=pure_python
            )
            started.append((server, listener.getsockname()[1], services))
            await server.serve(sockets=[listener])
        finally:
            await store.close()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - raised again in the test's thread
            failure.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(10)
    if failure:
        thread.join()
        raise failure[0]
    server, port, services = started[0]
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {KEY}"}, timeout=10
        ) as client:
            yield Tiny(client, port, services)
    finally:
        server.stop()
        thread.join()
