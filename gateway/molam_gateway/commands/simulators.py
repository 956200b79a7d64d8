"""`molam-gateway simulators`: serves the simulators of real providers without a gateway."""

import argparse
import asyncio
import contextlib
import hashlib
import json
import sys
from datetime import UTC, datetime

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from .. import stopping
from ..http import transport
from ..http.simulator_routes import SimulatorRoutes
from ..sandbox_simulators import OPENERS, PREFIX, Simulators
from .exits import FAILED, fail

_TICK = 0.05


def run(options: argparse.Namespace) -> int:
    """Serve until stopped, having printed a line of JSON with the addresses and what clients configure."""
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        return fail(error, FAILED)
    return 0


async def _serve(options: argparse.Namespace) -> None:
    simulators = Simulators(options.books, lambda: datetime.now(UTC), options.gateway.rstrip("/"), _secret)
    with stopping.on_signals() as stop, contextlib.closing(transport.bind("127.0.0.1", options.port)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def announce() -> None:
            facts = {name: _facts(simulators, name, url) for name in OPENERS}
            sys.stdout.write(json.dumps({"url": f"{url}{PREFIX}", "simulators": facts}) + "\n")
            sys.stdout.flush()

        server = transport.server(
            SimulatorRoutes(PREFIX, simulators.app, _nothing), drain_timeout=1.0, ready=announce, draining=lambda: None
        )
        stop.goes_to(server.handle_exit)
        time = asyncio.create_task(_keep_time(simulators))
        try:
            if not stop.wished:
                await server.serve(sockets=[listener])
        finally:
            time.cancel()
            await asyncio.gather(time, return_exceptions=True)
            await simulators.close()


async def _keep_time(simulators: Simulators) -> None:
    while True:
        await asyncio.gather(*await simulators.claim())
        await asyncio.sleep(_TICK)


def _facts(simulators: Simulators, name: str, url: str) -> dict[str, object]:
    opened = simulators.open(name)
    return {"base_url": f"{url}{PREFIX}/{name}", "settings": {**opened.settings, **opened.secrets}}


def _secret(name: str) -> bytes:
    """The same at each start: nothing here guards anything."""
    return hashlib.sha256(name.encode()).digest()


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"error": "there is no such simulator"}, status_code=404)(scope, receive, send)
