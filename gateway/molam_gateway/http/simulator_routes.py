"""Leads requests for the sandbox's simulators to them; everything else goes on."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send


class SimulatorRoutes:
    """An ASGI application around another one: what follows the prefix and a name is the simulator's own path."""

    def __init__(self, prefix: str, find: Callable[[str], ASGIApp | None], otherwise: ASGIApp) -> None:
        self._prefix = f"{prefix}/"
        self._find = find
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        path = scope.get("path", "")
        if path.startswith(self._prefix):
            name = path.removeprefix(self._prefix).partition("/")[0]
            app = self._find(name)
            if app is not None:
                await app({**scope, "root_path": self._prefix + name}, receive, send)
                return
        await self._otherwise(scope, receive, send)
