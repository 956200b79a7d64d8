"""Runs a gateway: binds its address, opens its database, serves until told to stop."""

import contextlib
import errno
import importlib.util
import ipaddress
import os
import socket
import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import environment, stopping
from .app import open_gateway
from .http import transport
from .sandbox import Seed, check_credentials
from .scraping import ALONE, Place
from .settings import Settings
from .storage import database_file, postgres_url
from .storage.database_file import DatabaseFileError
from .storage.postgres_url import DatabaseUrlError, PostgresUrl
from .storage.sole_use import sole_use
from .telemetry.logs import LogOptions
from .vault import Vault, VaultError, generate_key, key_beside, key_path

_SQLITE = "sqlite:///"


class LaunchError(Exception):
    """The gateway cannot be started like this; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to run a gateway; a sandbox without a database gets a temporary one, port 0 takes a free one.

    `reachable` is whether `settings.public_url` was given; without, it is where the gateway listens. `keys` encrypt
    secrets at rest, the first one writes. Without any, the key is in a file beside a SQLite database, or in memory for
    a temporary one; PostgreSQL and live mode need one.
    """

    host: str = "127.0.0.1"
    port: int = 0
    database: Path | PostgresUrl | None = None
    keys: tuple[str, ...] = field(default=(), repr=False)
    api_key: str | None = field(default=None, repr=False)
    webhook_secret: str | None = field(default=None, repr=False)
    reachable: bool = False
    settings: Settings = field(default_factory=Settings)
    pure_python: bool = False
    logs: LogOptions = field(default_factory=LogOptions)
    place: Place = ALONE


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that accepts connections; `stop` begins to drain it and returns at once.

    `url` is for people, `listening` where it listens; `seed` is a sandbox's.
    """

    url: str
    listening: str
    seed: Seed | None
    database: str
    stop: Callable[[], None]
    admin_path: str = "/admin"

    @property
    def api_key(self) -> str:
        """A sandbox's test key; empty in live mode."""
        return "" if self.seed is None else self.seed.api_key

    @property
    def admin_url(self) -> str:
        """The dashboard's address, which signs in once; `/admin` asks for the key."""
        return f"{self.url}{self.admin_path}"


def database_at(url: str) -> Path | PostgresUrl:
    """The database of a `sqlite:///FILE` or `postgresql://` URL. Raises LaunchError for everything else."""
    if postgres_url.is_postgres(url):
        return _postgres(url)
    if not url.startswith(_SQLITE):
        scheme, separator, _ = url.partition("://")
        given, instead = (f"{scheme}://...", "FILE") if separator else (url, url)
        raise LaunchError(
            f"--database {given}: data is kept in SQLite, sqlite:///{instead}, or PostgreSQL, postgresql://USER@HOST/NAME"
        )
    path = url.removeprefix(_SQLITE)
    if not path or path.endswith("/"):
        raise LaunchError(f"--database {url}: name the file: sqlite:///FILE")
    return Path(path)


def _postgres(url: str) -> PostgresUrl:
    if importlib.util.find_spec("psycopg_pool") is None or importlib.util.find_spec("psycopg") is None:
        raise LaunchError("--database postgresql://...: its driver is an extra: pip install 'molam-gateway[postgres]'")
    try:
        return postgres_url.parse(url)
    except DatabaseUrlError as error:
        raise LaunchError(f"--database postgresql://...: {error}") from None


def check(launch: Launch) -> None:
    """Raise LaunchError or SeedError for what cannot be, before anything is opened."""
    check_credentials(launch.api_key, launch.webhook_secret)
    settings = launch.settings
    if settings.redis is not None and importlib.util.find_spec("redis") is None:
        raise LaunchError(f"{environment.REDIS}: its client is an extra: pip install 'molam-gateway[redis]'")
    if settings.livemode:
        _check_live(launch)


def _check_live(launch: Launch) -> None:
    if launch.database is None:
        raise LaunchError(f"--live: name the database: --database postgresql://... or {environment.DATABASE}")
    if not launch.keys:
        raise LaunchError(
            f"--live: set {environment.KEY} to the key that encrypts what is secret; "
            "cryptography.fernet.Fernet.generate_key() makes one"
        )
    if not launch.reachable or not launch.settings.public_url.startswith("https://"):
        raise LaunchError(
            f"--live: set {environment.PUBLIC_URL} to the https:// address under which people and providers reach it"
        )
    if launch.api_key is not None or launch.webhook_secret is not None:
        raise LaunchError("--live: --api-key and --webhook-secret are a sandbox's: see molam-gateway keys create")
    if launch.settings.simulators_url is not None:
        raise LaunchError("--live: simulators are a sandbox's: leave MOLAM_GATEWAY_SIMULATORS_URL out")


async def serve(
    launch: Launch,
    ready: Callable[[Running], None],
    listener: socket.socket | None = None,
    simulators_at: socket.socket | None = None,
) -> None:
    """Serve until stopped by `Running.stop`, SIGTERM, SIGINT or SIGHUP (in the main thread); requests finish first.

    `listener` is a socket that listens already, shared with other processes, instead of the launch's address;
    `simulators_at` one on which this process serves the simulators to the others.

    Raises LaunchError, VaultError, SeedError, StoreError or OSError if it cannot start.
    """
    check(launch)
    with stopping.on_signals() as stop, contextlib.ExitStack() as stack:
        if listener is None:
            listener = stack.enter_context(listening(launch))
        listening_at = url_of(listener)
        settings = launch.settings if launch.reachable else replace(launch.settings, public_url=listening_at)
        database, vault = stack.enter_context(opened(launch))
        async with open_gateway(
            database,
            settings,
            vault,
            durable=launch.database is not None,
            api_key=launch.api_key,
            webhook_secret=launch.webhook_secret,
            place=launch.place,
            simulators_at=simulators_at,
        ) as gateway:

            def announce() -> None:
                ready(
                    Running(
                        url=settings.public_url,
                        listening=listening_at,
                        seed=gateway.seed,
                        database=shown(database),
                        stop=server.stop,
                        admin_path=gateway.admin_path,
                    )
                )

            server = transport.server(
                gateway.app,
                drain_timeout=settings.drain_timeout,
                ready=announce,
                leaving=gateway.leave,
                draining=gateway.drain,
                drain_delay=settings.drain_delay,
                pure_python=launch.pure_python,
            )
            stop.goes_to(server.handle_exit)
            if not stop.wished:
                await server.serve(sockets=[listener])


@contextlib.contextmanager
def listening(launch: Launch) -> Generator[socket.socket]:
    """A socket that listens on the launch's address. Raises LaunchError or OSError."""
    with contextlib.closing(_bind(_address(launch), launch.port)) as listener:
        yield listener


def url_of(listener: socket.socket) -> str:
    """The base URL of what listens there."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def shown(database: Path | PostgresUrl) -> str:
    """A database's URL without its secrets."""
    return database.shown if isinstance(database, PostgresUrl) else f"{_SQLITE}{database.absolute()}"


@contextlib.contextmanager
def opened(launch: Launch) -> Generator[tuple[Path | PostgresUrl, Vault]]:
    """The launch's database with its vault. Raises LaunchError or VaultError before anything is written."""
    with contextlib.ExitStack() as stack:
        if isinstance(launch.database, PostgresUrl):
            if not launch.keys:
                raise LaunchError(
                    f"{environment.KEY}: set it to the key that encrypts what is secret in a PostgreSQL database; "
                    "cryptography.fernet.Fernet.generate_key() makes one"
                )
            yield launch.database, _vault_under(launch.keys, environment.KEY)
        else:
            file = launch.database or stack.enter_context(_temporary_database())
            yield file, stack.enter_context(_opened(launch, file))


def _address(launch: Launch) -> str:
    """The address to listen on: the loopback's, unless it is known under which name and what guards the secrets."""
    host = "127.0.0.1" if launch.host == "localhost" else launch.host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise LaunchError(f"--host {host}: write an address, such as 127.0.0.1 (loopback only) or 0.0.0.0") from None
    if not address.is_loopback and not (launch.reachable and launch.keys):
        raise LaunchError(
            f"--host {host}: without {environment.PUBLIC_URL} (the address that people use) and {environment.KEY} a "
            "gateway listens on loopback only (127.0.0.1, ::1 or localhost)"
        )
    return host


def _bind(host: str, port: int) -> socket.socket:
    try:
        return transport.bind(host, port)
    except OverflowError:
        raise LaunchError(f"--port {port}: a port is a number from 0 to 65535") from None
    except OSError as error:
        advice = "; --port 0 takes a free one" if error.errno == errno.EADDRINUSE else ""
        raise OSError(f"--port {port}: cannot listen on {host}:{port}: {error.strerror}{advice}") from None


@contextlib.contextmanager
def _opened(launch: Launch, database: Path) -> Generator[Vault]:
    """The vault of a database that is the sandbox's alone while the block runs; nothing is written before it may be."""
    with contextlib.ExitStack() as stack:
        try:
            used = database_file.prepare(database)
            stack.enter_context(sole_use(database))
        except DatabaseFileError as error:
            raise LaunchError(f"--database: {error}") from None
        if launch.keys:
            vault = _vault_under(launch.keys, environment.KEY)
        elif launch.database is None:
            vault = Vault([generate_key()])
        else:
            path = key_path(database)
            if used and not path.exists():
                raise VaultError(
                    f"{database} was written under a key that is not here: put {path} back or set {environment.KEY}"
                )
            vault = _vault_under([key_beside(database)], str(path))
        yield vault


def _vault_under(keys: Sequence[str], source: str) -> Vault:
    try:
        return Vault(keys)
    except VaultError as error:
        raise VaultError(f"{source}: {error}") from None


@contextlib.contextmanager
def _temporary_database() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="molam-sandbox-", ignore_cleanup_errors=os.name == "nt") as directory:
        yield Path(directory) / "sandbox.db"
