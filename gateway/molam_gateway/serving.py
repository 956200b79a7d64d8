"""Runs a sandbox: binds its address, opens its database, serves until told to stop."""

import contextlib
import ipaddress
import os
import tempfile
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .app import open_gateway
from .http import transport
from .settings import Settings
from .vault import Vault, generate_key, key_beside

_SQLITE = "sqlite:///"
KEY_VARIABLE = "MOLAM_GATEWAY_KEY"


class LaunchError(Exception):
    """The sandbox cannot be started like this; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to run a sandbox; without a database it gets a temporary one, port 0 takes a free one.

    `keys` encrypt secrets at rest, the first one writes. Without any, the key is in a file beside the database, or in
    memory for a temporary one.
    """

    host: str = "127.0.0.1"
    port: int = 0
    database: Path | None = None
    keys: tuple[str, ...] = ()
    api_key: str | None = None
    webhook_secret: str | None = None
    settings: Settings = field(default_factory=Settings)
    pure_python: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that accepts connections; `stop` begins to drain it and returns at once."""

    url: str
    api_key: str
    webhook_secret: str
    account_id: str
    database: str
    stop: Callable[[], None]

    @property
    def admin_url(self) -> str:
        """The dashboard's address."""
        return f"{self.url}/admin"


def database_path(url: str) -> Path:
    """The file of a `sqlite:///FILE` URL. Raises LaunchError for everything else."""
    if not url.startswith(_SQLITE):
        scheme = url.partition(":")[0]
        raise LaunchError(f"--database {scheme}:...: this version keeps its data in SQLite only: sqlite:///FILE")
    path = url.removeprefix(_SQLITE)
    if not path or path.endswith("/"):
        raise LaunchError("--database sqlite:///FILE: name the file")
    return Path(path)


def keys_from(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The encryption keys in MOLAM_GATEWAY_KEY, separated by commas."""
    return tuple(key.strip() for key in environment.get(KEY_VARIABLE, "").split(",") if key.strip())


async def serve(launch: Launch, ready: Callable[[Running], None]) -> None:
    """Serve until stopped by `Running.stop`, SIGTERM or SIGINT (in the main thread); running requests finish first.

    Raises LaunchError, VaultError, SeedError, StoreError or OSError if it cannot start.
    """
    with contextlib.ExitStack() as stack:
        host = _loopback(launch.host)
        listener = stack.enter_context(contextlib.closing(transport.bind(host, launch.port)))
        database = launch.database or stack.enter_context(_temporary_database())
        url = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        settings = replace(launch.settings, public_url=url)
        async with open_gateway(
            database,
            settings,
            _vault(launch),
            durable=launch.database is not None,
            api_key=launch.api_key,
            webhook_secret=launch.webhook_secret,
        ) as gateway:

            def announce() -> None:
                ready(
                    Running(
                        url=url,
                        api_key=gateway.seed.api_key,
                        webhook_secret=gateway.seed.webhook_secret,
                        account_id=gateway.seed.account_id,
                        database=f"{_SQLITE}{database.absolute()}",
                        stop=server.stop,
                    )
                )

            server = transport.server(
                gateway.app,
                drain_timeout=settings.drain_timeout,
                ready=announce,
                draining=gateway.drain,
                pure_python=launch.pure_python,
            )
            await server.serve(sockets=[listener])


def _loopback(host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        if ipaddress.ip_address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise LaunchError(f"--host {host}: the sandbox listens on loopback only (127.0.0.1, ::1 or localhost)")


def _vault(launch: Launch) -> Vault:
    if launch.keys:
        return Vault(launch.keys)
    return Vault([generate_key() if launch.database is None else key_beside(launch.database)])


@contextlib.contextmanager
def _temporary_database() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="molam-sandbox-", ignore_cleanup_errors=os.name == "nt") as directory:
        yield Path(directory) / "sandbox.db"
