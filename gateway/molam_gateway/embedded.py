"""A sandbox in a thread of this process, for demos and tests."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from .sandbox import Seed
from .serving import Launch, Running, database_at, serve
from .settings import Settings
from .storage.postgres_url import PostgresUrl, is_postgres

_START_TIMEOUT = 30.0


class Sandbox:
    """A gateway on a free loopback port while the block runs.

        with Sandbox() as sandbox:
            client = MolamClient(api_key=sandbox.api_key, api_base=sandbox.url)

    `webhook_secret` signs what new webhook endpoints receive, until they are rotated. Without `database` everything is
    forgotten at the end; a `postgresql://` URL is one too and needs the `keys` that encrypt what is secret in it.
    `validate_responses` turns answers that break the spec into errors.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        database: str | Path | None = None,
        keys: Sequence[str] = (),
        api_key: str | None = None,
        webhook_secret: str | None = None,
        validate_responses: bool = False,
        drain_timeout: float = 5.0,
    ) -> None:
        self._launch = Launch(
            port=port,
            database=_database(database),
            keys=tuple(keys),
            api_key=api_key,
            webhook_secret=webhook_secret,
            settings=Settings(validate_responses=validate_responses, drain_timeout=drain_timeout),
        )
        self._thread: threading.Thread | None = None
        self._running: Running | None = None
        self._failure: BaseException | None = None
        self._settled = threading.Event()
        self._abandoned = threading.Event()
        self._announcing = threading.Lock()

    @property
    def url(self) -> str:
        """The base URL."""
        return self._live().url

    @property
    def api_key(self) -> str:
        """A test key with every scope."""
        return self._seed().api_key

    @property
    def webhook_secret(self) -> str:
        """The signing secret of new webhook endpoints."""
        return self._seed().webhook_secret

    @property
    def account_id(self) -> str:
        """The seeded account."""
        return self._seed().account_id

    @property
    def admin_url(self) -> str:
        """The dashboard's address, which signs in once."""
        return self._live().admin_url

    def start(self) -> Self:
        """Start serving. Raises what kept it from starting."""
        if self._thread is not None:
            raise RuntimeError("the sandbox runs already")
        self._settled, self._abandoned = threading.Event(), threading.Event()
        self._failure = None
        self._thread = threading.Thread(
            target=self._serve, args=(self._settled, self._abandoned), name="molam-sandbox", daemon=True
        )
        self._thread.start()
        if not self._settled.wait(_START_TIMEOUT):
            self._abandon()
            raise TimeoutError(f"the sandbox did not start within {_START_TIMEOUT:.0f} s")
        if self._failure is not None:
            self.stop()
            raise self._failure
        return self

    def stop(self) -> None:
        """Let running requests finish, then stop; does nothing if it does not run."""
        if self._running is not None:
            self._running.stop()
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        self._running = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _abandon(self) -> None:
        """Give up a start: its thread stops as soon as it can."""
        with self._announcing:
            self._abandoned.set()
            if self._running is not None:
                self._running.stop()
            self._thread = None
            self._running = None

    def _serve(self, settled: threading.Event, abandoned: threading.Event) -> None:
        def ready(running: Running) -> None:
            with self._announcing:
                if abandoned.is_set():
                    running.stop()
                    return
                self._running = running
                settled.set()

        try:
            asyncio.run(serve(self._launch, ready))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits in start()
            if not abandoned.is_set():
                self._failure = error
        finally:
            settled.set()

    def _seed(self) -> Seed:
        seed = self._live().seed
        if seed is None:
            raise RuntimeError("only a sandbox is seeded")
        return seed

    def _live(self) -> Running:
        if self._running is None:
            raise RuntimeError("the sandbox does not run: use it as a context manager")
        return self._running


def _database(given: str | Path | None) -> Path | PostgresUrl | None:
    if given is None:
        return None
    return database_at(given) if isinstance(given, str) and is_postgres(given) else Path(given)
