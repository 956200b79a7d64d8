"""An ASGI application for people who run a server of their own: `uvicorn --factory molam_gateway.asgi:create_app`."""

import contextlib
import os

from starlette.types import ASGIApp, Receive, Scope, Send

from . import environment
from .app import Gateway, open_gateway
from .configuration import SettingError, livemode_from, settings_from
from .sandbox import SeedError
from .serving import Launch, LaunchError, check, database_at, opened
from .storage.port import StoreError
from .vault import VaultError


def create_app() -> ASGIApp:
    """A gateway configured by the environment, which the server's lifespan opens and closes.

    `MOLAM_GATEWAY_DATABASE` names the database and `MOLAM_GATEWAY_KEY` the key that encrypts what is secret in it;
    `MOLAM_GATEWAY_PUBLIC_URL` is the address that people use, whose host is answered beside the loopback's. Raises
    LaunchError or SeedError.
    """
    url = os.environ.get(environment.DATABASE)
    if not url:
        raise LaunchError(f"{environment.DATABASE}: set it to sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    try:
        settings = settings_from(os.environ, livemode=livemode_from(os.environ))
    except SettingError as error:
        raise LaunchError(str(error)) from None
    launch = Launch(
        database=database_at(url),
        keys=environment.encryption_keys(os.environ),
        api_key=os.environ.get(environment.API_KEY) or None,
        webhook_secret=os.environ.get(environment.WEBHOOK_SECRET) or None,
        reachable=bool(os.environ.get(environment.PUBLIC_URL)),
        settings=settings,
    )
    check(launch)
    return _Application(launch)


class _Application:
    """The gateway while the server's lifespan lasts."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is None:
            raise RuntimeError("the server has not run the lifespan of the application: turn it on")
        else:
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with contextlib.AsyncExitStack() as stack:
            try:
                gateway = await self._open(stack)
            except (LaunchError, SeedError, VaultError, StoreError, OSError) as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
            gateway.leave()
            gateway.drain()
            self._app = None
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self, stack: contextlib.AsyncExitStack) -> Gateway:
        launch = self._launch
        database, vault = stack.enter_context(opened(launch))
        gateway = await stack.enter_async_context(
            open_gateway(
                database,
                launch.settings,
                vault,
                api_key=launch.api_key,
                webhook_secret=launch.webhook_secret,
            )
        )
        self._app = gateway.app
        return gateway
