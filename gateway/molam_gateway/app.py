"""Assembles the gateway: store, clock, providers, worker and HTTP application."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from starlette.types import ASGIApp

from . import __version__
from .access.allowance import Limiter, Unlimited
from .access.keyring import Keyring
from .access.signing_keys import ensure
from .admin.adoption import Meter, Reported
from .admin.site import PREFIX as HOME
from .admin.site import Under, site
from .clock import Clock
from .delivery.dispatcher import Dispatcher
from .delivery.sender import Sender
from .domain.ids import IdGenerator
from .due_work import HANDLERS, plan_recurring
from .handlers import handlers
from .http import spec
from .http.action_page import ActionPage
from .http.admission import Admission
from .http.auth import Authenticator
from .http.cors import shared_with
from .http.edge import Edge
from .http.front_page import FrontPage
from .http.jwks import Jwks
from .http.metrics_page import LOOPBACK, MetricsPage
from .http.observation import Observation
from .http.onboarding_page import OnboardingPage
from .http.page_routes import PageRoutes
from .http.reference import Reference
from .http.router import SpecRouter
from .http.simulator_routes import SimulatorRoutes
from .http.websockets import WebSocketRoutes
from .jobs import JobRunner
from .live_providers import live_providers
from .modes import check_mode
from .operations.auditing import ring
from .operations.sandbox_actions import find_action, resolve_action
from .provider_entrances import provider_messages
from .provider_tokens import SharedTokens
from .realtime.hub import Hub
from .realtime.sequencer import Sequencer
from .realtime.sockets import Sockets
from .sandbox import Seed, seed
from .sandbox_providers import sandbox_providers
from .sandbox_simulators import PREFIX, Simulators, well_known
from .scraping import ALONE, Place, Scrape
from .sealing import Sealer
from .services import Services
from .settings import Settings
from .shared_simulators import HOST, Elsewhere, hosting
from .signals import signals
from .storage.migrate import migrate_postgres, migrate_sqlite
from .storage.port import Store
from .storage.postgres_url import PostgresUrl
from .storage.sqlite import SqliteStore
from .telemetry import Telemetry
from .telemetry.environment import tracing_from_environment
from .telemetry.prometheus import PrometheusMeter
from .telemetry.tracing import Tracing
from .traced_store import traced
from .vault import Vault
from .worker import Source, Worker

_BEGIN_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that works: its ASGI application and, of a sandbox, what people need to use it.

    `leave` says that this process wants no more requests; `drain` ends what may take long: requests that are being
    answered are about to be waited for. `admin_path` is where the dashboard signs in, once, without the key.
    """

    app: ASGIApp
    seed: Seed | None
    leave: Callable[[], None]
    drain: Callable[[], None]
    admin_path: str


@contextlib.asynccontextmanager
async def open_gateway(
    database: Path | PostgresUrl,
    settings: Settings,
    vault: Vault,
    *,
    durable: bool = True,
    api_key: str | None = None,
    webhook_secret: str | None = None,
    place: Place = ALONE,
    tracing: Tracing | None = None,
    simulators_at: socket.socket | None = None,
) -> AsyncGenerator[Gateway]:
    """Open a gateway on a database, with its background worker running; everything is closed at the end.

    `place` is this process's among those of one gateway; `simulators_at` listens for the others, in the process that
    has the simulators for all. Spans go to `tracing`, else where the environment says. In
    live mode nothing is simulated and nothing seeded. Raises StoreError for a database of the other mode.
    """
    async with contextlib.AsyncExitStack() as stack:
        wake, leaving = asyncio.Event(), asyncio.Event()
        meter = PrometheusMeter()
        telemetry = Telemetry(meter, stack.enter_context(tracing_from_environment()) if tracing is None else tracing)
        if isinstance(database, Path):
            store, clock, wake_all = await _on_sqlite(stack, database, settings, wake, durable=durable)
        else:
            store, clock, wake_all = await _on_postgres(stack, database, settings, wake)
        ids = IdGenerator()
        async with store.reading() as reader:
            await check_mode(reader, livemode=settings.livemode)
        tokens = SharedTokens(store, vault, clock.real_now)
        seeded, simulators, elsewhere = None, None, None
        if settings.livemode:
            providers = live_providers(clock.now, tokens)
        else:
            async with store.alone("begin", _BEGIN_PATIENCE):
                seeded = await seed(store, vault, ids, clock.now(), api_key=api_key, webhook_secret=webhook_secret)
            shared = place.simulators if settings.simulators_url is None else None
            if shared is not None:
                from .providers.simulators.mpesa import keys  # as late as the simulator itself

                keys.use(shared.daraja_key)
            books = _books(database, place, durable=durable)
            secret = vault.derive if settings.simulators_url is None else well_known
            simulators_url = settings.simulators_url if shared is None else shared.url
            simulators = Simulators(books, clock.now, settings.public_url, secret)
            stack.push_async_callback(simulators.close)
            providers = sandbox_providers(
                store, clock.now, ids, lambda: settings.public_url, simulators, tokens, simulators_url
            )
            if shared is not None and place.worker != HOST:
                elsewhere = Elsewhere(shared, clock.now)
                stack.push_async_callback(elsewhere.close)
            if simulators_at is not None:
                await stack.enter_async_context(hosting(simulators_at, simulators, wake.set))
        for provider in providers.by_name.values():
            stack.push_async_callback(provider.close)
        services = Services(
            traced(store, telemetry.tracing),
            clock,
            providers,
            settings,
            vault,
            wake_all,
            ids,
            telemetry,
            leaving.is_set,
        )
        scrape = Scrape(meter, store, clock, providers, place)
        await stack.enter_async_context(scrape.telling())
        if store.shared:
            sealer = Sealer(store, ring(services))
            sealer.start()
            stack.push_async_callback(sealer.stop)
        await plan_recurring(services)
        sender = await stack.enter_async_context(
            Sender(
                connect_timeout=settings.connect_timeout,
                total_timeout=settings.delivery_timeout,
                sandbox=not settings.livemode,
            )
        )
        hub, sequencer = await _feed(stack, store, settings, wake_all)
        sources: list[Source] = [
            *([] if elsewhere is None else [elsewhere]),  # first: what it tells may be a job for the next ones
            sequencer,
            JobRunner(services, HANDLERS, settings.job_concurrency),
            Dispatcher(services, settings, sender),
        ]
        sources += [] if simulators is None or elsewhere is not None else [simulators]
        worker = Worker(clock, store, sources, wake)
        await ensure(store, vault, ids, clock.real_now())
        keyring = Keyring(store, vault, clock, lambda: settings.public_url)
        await keyring.jwks()  # another encryption key than the database's is found out here
        limiter = _limiter(settings)
        stack.push_async_callback(limiter.close)
        authenticator = Authenticator(store, vault, clock, keyring, livemode=settings.livemode)
        admission = Admission(authenticator, limiter, livemode=settings.livemode)
        router = SpecRouter(
            [each for each in spec.operations(spec.load()) if not each.is_inbound],
            handlers(worker, keyring),
            services,
            settings,
            admission,
        )
        action_page = ActionPage(partial(find_action, services), partial(resolve_action, services))
        networks = [*settings.metrics_networks, *(() if settings.livemode else LOOPBACK)]
        pages = [
            *MetricsPage(scrape, admission.known, networks, ids).routes(),
            *([] if settings.livemode else action_page.routes()),
            *([] if settings.livemode else OnboardingPage(store).routes()),
            *Jwks(keyring).routes(),
            *FrontPage(settings.public_url, __version__, livemode=settings.livemode).routes(),
            *Reference(settings.public_url, livemode=settings.livemode).routes(),
            *provider_messages(services, limiter).routes(),
        ]
        worker.start()
        stack.push_async_callback(worker.stop)
        reports = Meter(store, clock)
        reports.start()
        stack.push_async_callback(reports.stop)
        dashboard = site(services, authenticator, limiter, reports)
        link = HOME if seeded is None else await dashboard.new_link(vault.fingerprints(seeded.api_key))
        reported = Reported(router, reports)
        app: ASGIApp = PageRoutes(pages, shared_with(settings.cors_origins, reported), ids)
        if simulators is not None:
            app = SimulatorRoutes(PREFIX, (elsewhere or simulators).app, app)
        app = Under(PageRoutes(dashboard.routes, router, ids), app)
        sockets = Sockets(services, settings, hub, admission)
        app = WebSocketRoutes(sockets.serve, app, ids, settings.realtime_origins)
        edge = Edge(
            app,
            ids,
            settings.public_url,
            settings.trusted_proxies,
            hosts=settings.hosts,
            metrics_networks=settings.metrics_networks,
        )
        observed = Observation(edge, telemetry, log=settings.access_log)
        yield Gateway(observed, seeded, leaving.set, worker.interrupt, link)


def _books(database: Path | PostgresUrl, place: Place, *, durable: bool) -> Path | None:
    """Beside what the simulators' books are: a database that is kept, else what several processes have together."""
    if isinstance(database, Path):
        return database if durable else None
    return None if place.directory is None or place.worker != HOST else place.directory / "simulators"


async def _feed(
    stack: contextlib.AsyncExitStack, store: Store, settings: Settings, wake_all: Callable[[], None]
) -> tuple[Hub, Sequencer]:
    """What reads events for this process's sockets, and what numbers them for all."""
    hub = Hub(store)
    hub.start()
    stack.push_async_callback(hub.stop)
    tell = await _relay(stack, settings.redis, hub) if settings.redis else _waking(wake_all)

    def numbered(position: int) -> None:
        hub.wake(position)
        tell(position)

    return hub, Sequencer(store, numbered)


async def _relay(stack: contextlib.AsyncExitStack, url: str, hub: Hub) -> Callable[[int], None]:
    from .realtime.relay import Relay  # redis is an extra

    relay = Relay(url, hub.wake)
    relay.start()
    stack.push_async_callback(relay.close)
    return relay.tell


def _waking(wake_all: Callable[[], None]) -> Callable[[int], None]:
    return lambda position: wake_all()


def _limiter(settings: Settings) -> Limiter:
    if not settings.rate_limits:
        return Unlimited()
    from .access.rate_limits import RateLimits  # its library takes longer to import than the rest of the gateway

    return RateLimits(settings.rate_limits, settings.redis)


async def _on_sqlite(
    stack: contextlib.AsyncExitStack, file: Path, settings: Settings, wake: asyncio.Event, *, durable: bool
) -> tuple[Store, Clock, Callable[[], None]]:
    migrate_sqlite(file)
    store = SqliteStore(file, durable=durable)
    stack.push_async_callback(store.close)
    return store, Clock() if settings.livemode else await Clock.restore(store), wake.set


async def _on_postgres(
    stack: contextlib.AsyncExitStack, url: PostgresUrl, settings: Settings, wake: asyncio.Event
) -> tuple[Store, Clock, Callable[[], None]]:
    from .storage.postgres import PostgresStore  # psycopg is an extra

    await asyncio.to_thread(migrate_postgres, url)
    store = PostgresStore(url, connections=settings.database_connections, sandbox=not settings.livemode)
    stack.push_async_callback(store.close)
    clock = Clock() if settings.livemode else await Clock.restore(store)
    store.offset_seen = clock.catch_up
    return store, clock, await stack.enter_async_context(signals(store, wake.set))
