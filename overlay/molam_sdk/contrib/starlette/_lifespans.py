"""An application's client: made when the application starts, closed when it ends."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Unpack

from ... import MolamAsyncClient
from ..._front_door import front_door
from ...errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ..._options.keywords import ClientOptions
    from ...config import Config


class Molam:
    """The client of one application, in each of its processes.

        molam = Molam()
        app = FastAPI(lifespan=molam.lifespan)  # or Starlette(lifespan=molam.lifespan)

    With a lifespan of your own:

        @asynccontextmanager
        async def lifespan(app):
            async with molam.lifespan(app), database():
                yield

    Args:
        config: Options made beforehand.
        options: Any option of `Config`. They are checked when the application starts.
    """

    def __init__(self, config: Config | None = None, /, **options: Unpack[ClientOptions]) -> None:
        self._config = config
        self._options = options
        self._running: MolamAsyncClient | None = None

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncGenerator[None]:
        """Have a client while the application runs.

        Raises:
            ConfigurationError: The options cannot work, or the application of this Molam runs already.
        """
        client = self._start()
        try:
            yield
        finally:
            self._running = None
            await client.aclose()

    @property
    @front_door
    def client(self) -> MolamAsyncClient:
        """The client of the application that runs: in endpoints, background tasks, and in a lifespan of your own.

        Raises:
            ConfigurationError: The application does not run, or its lifespan is not this one's.
        """
        if self._running is None:
            raise ConfigurationError(
                "there is no client yet: give the application lifespan=molam.lifespan, or enter molam.lifespan(app) in "
                "yours, and let the server (or TestClient, as a context manager) run it"
            )
        return self._running

    async def __call__(self) -> MolamAsyncClient:
        """Return the client, as a dependency of FastAPI: `Depends(molam)`.

        Raises:
            ConfigurationError: The application does not run, or its lifespan is not this one's.
        """
        return self.client

    @front_door
    def _start(self) -> MolamAsyncClient:
        if self._running is not None:
            raise ConfigurationError("the application of this Molam runs already: make a Molam for each application")
        self._running = MolamAsyncClient(self._config, **self._options)
        return self._running

    def __repr__(self) -> str:
        return f"<Molam, {'stopped' if self._running is None else 'running'}>"
