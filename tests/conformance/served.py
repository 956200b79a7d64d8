"""An ASGI application on a free loopback port of this event loop, which remembers what it was asked."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from molam_gateway.http import transport
from molam_gateway.providers.simulators.faults import Fault


@dataclass
class Served:
    """Where the application is, and the requests that it saw as (method, path); the controls are not counted."""

    url: str
    requests: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self, method: str, path: str = "") -> int:
        """How many were to a path as `Fault.path` describes it."""
        concerned = Fault("reset", path)
        return sum(method == seen and concerned.concerns(where) for seen, where in self.requests)


@contextlib.asynccontextmanager
async def serve(app: ASGIApp) -> AsyncGenerator[Served]:
    listener = transport.bind("127.0.0.1", 0)
    served = Served(f"http://127.0.0.1:{listener.getsockname()[1]}")

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith("/_control/"):
            served.requests.append((scope["method"], scope["path"]))
            served.asked.set()
        await app(scope, receive, send)

    server = transport.server(counting, drain_timeout=1, ready=lambda: None, draining=lambda: None)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup(sockets=[listener])
    try:
        yield served
    finally:
        await _stop(server)


async def _stop(server: transport.Server) -> None:
    """Close everything now; uvicorn's own shutdown is patient."""
    for each in server.servers:
        each.close()
    for connection in list(server.server_state.connections):
        connection.shutdown()
    tasks = list(server.server_state.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
