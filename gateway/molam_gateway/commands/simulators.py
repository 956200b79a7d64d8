"""`molam-gateway simulators`: serves the simulators of real providers without a gateway."""

import argparse
import asyncio
import contextlib
import json
import sys
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from .. import stopping
from ..http import transport
from ..http.simulator_routes import SimulatorRoutes
from ..sandbox_simulators import OPENERS, PREFIX, Simulators, well_known
from .exits import FAILED, fail

ADVANCE = "/clock/advance"
_TICK = 0.05


def run(options: argparse.Namespace) -> int:
    """Serve until stopped, having printed a line of JSON with the addresses and what clients configure."""
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        return fail(error, FAILED)
    return 0


async def _serve(options: argparse.Namespace) -> None:
    time = _Time()
    simulators = Simulators(options.books, time.now, options.gateway.rstrip("/"), well_known)
    with stopping.on_signals() as stop, contextlib.closing(transport.bind("127.0.0.1", options.port)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def announce() -> None:
            facts = {name: _facts(simulators, name, url) for name in OPENERS}
            sys.stdout.write(json.dumps({"url": f"{url}{PREFIX}", "simulators": facts}) + "\n")
            sys.stdout.flush()

        server = transport.server(
            SimulatorRoutes(PREFIX, simulators.app, time), drain_timeout=1.0, ready=announce, draining=lambda: None
        )
        stop.goes_to(server.handle_exit)
        keeping = asyncio.create_task(_keep_time(simulators))
        try:
            if not stop.wished:
                await server.serve(sockets=[listener])
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await simulators.close()


async def _keep_time(simulators: Simulators) -> None:
    while True:
        await asyncio.gather(*await simulators.claim())
        await asyncio.sleep(_TICK)


def _facts(simulators: Simulators, name: str, url: str) -> dict[str, object]:
    opened = simulators.open(name)
    return {"base_url": f"{url}{PREFIX}/{name}", "settings": {**opened.settings, **opened.secrets}}


class _Time:
    """The clock of the simulators, which `POST /clock/advance` `{"seconds": N}` puts forward; nothing else is here."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if (request.method, request.url.path) != ("POST", ADVANCE):
            answer = JSONResponse({"error": "there is no such simulator"}, status_code=404)
        else:
            try:
                self._ahead += timedelta(seconds=float((await request.json())["seconds"]))
                answer = JSONResponse({"now": self.now().isoformat()})
            except (KeyError, TypeError, ValueError, OverflowError):
                answer = JSONResponse({"error": "give the seconds as a number"}, status_code=400)
        await answer(scope, receive, send)
