"""Answers one question of Prometheus: the figures of every process, and what waits in their database."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .domain.times import milliseconds
from .providers.http_client import Connected
from .providers.registry import Providers
from .services import Clock
from .shared_simulators import Shared
from .storage import backlog
from .storage.backlog import Backlog, Waiting
from .storage.pool_figures import Pooled
from .storage.port import Store, StoreError
from .telemetry import exposition, siblings
from .telemetry.exposition import Family, Sample
from .telemetry.prometheus import PREFIX, PrometheusMeter

_FRESH = 5.0
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """Which one of a gateway's processes this is.

    If there are several, `directory` is where they find each other, and `simulators` where a sandbox's simulators are.
    """

    worker: int = 0
    directory: Path | None = None
    simulators: Shared | None = None


ALONE = Place()


class Scrape:
    """Figures as Prometheus reads them.

    Those of a process have the label `worker`, its number; those of the database have none. The database is asked at
    most every few seconds, whoever asks how often.
    """

    def __init__(
        self,
        meter: PrometheusMeter,
        store: Store,
        clock: Clock,
        providers: Providers,
        place: Place = ALONE,
    ) -> None:
        self._meter = meter
        self._store = store
        self._clock = clock
        self._providers = providers
        self._place = place
        self._asking = asyncio.Lock()
        self._kept: tuple[float, list[Family]] | None = None

    async def __call__(self) -> bytes:
        """The whole page."""
        parts = [self.own()]
        if self._place.directory is not None:
            parts += await siblings.asked(self._place.directory, self._place.worker)
        workers = _family("workers", "Processes that told their figures", [({}, len(parts))])
        return exposition.text([*exposition.merged(parts), workers, *await self._shared()])

    @contextlib.asynccontextmanager
    async def telling(self) -> AsyncGenerator[None]:
        """Answer the other processes while the block runs."""
        if self._place.directory is None:
            yield
            return
        async with siblings.telling(self._place.directory, self._place.worker, self.own):
            yield

    def own(self) -> list[Family]:
        """The figures of this process."""
        worker = str(self._place.worker)
        families = exposition.collected(self._meter.registry, worker)
        return [*families, *self._connections(worker), *self._pool(worker)]

    def _connections(self, worker: str) -> list[Family]:
        found = [
            ({"provider": name, "worker": worker}, provider.connections)
            for name, provider in sorted(self._providers.by_name.items())
            if isinstance(provider, Connected)
        ]
        used = [(label, sum(each.in_flight for each in http)) for label, http in found]
        most = [(label, sum(each.most_calls for each in http)) for label, http in found]
        refused = [(label, int(any(each.breaker.open for each in http))) for label, http in found]
        return [
            _family("provider_calls_in_flight", "Calls to a provider that are under way", used),
            _family("provider_calls_most", "Calls to a provider that may be under way", most),
            _family("provider_breaker_open", "1 while calls to a provider are refused", refused),
        ]

    def _pool(self, worker: str) -> list[Family]:
        if not isinstance(self._store, Pooled):
            return []
        use = self._store.pool_figures()
        label = {"worker": worker}
        by_state = [({**label, "state": "used"}, use.used), ({**label, "state": "free"}, use.free)]
        return [
            _family("database_connections", "Connections of the pool", by_state),
            _family("database_connections_most", "Connections that the pool may have", [(label, use.most)]),
            _family("database_waiting", "Tasks that wait for a connection", [(label, use.waiting)]),
            _family("database_wait_seconds", "What tasks waited for a connection", [(label, use.waited)], "counter"),
            _family("database_wait_timeouts", "Tasks that waited in vain", [(label, use.timeouts)], "counter"),
        ]

    async def _shared(self) -> list[Family]:
        async with self._asking:
            if self._kept is None or time.monotonic() - self._kept[0] > _FRESH:
                self._kept = time.monotonic(), await self._read()
            return self._kept[1]

    async def _read(self) -> list[Family]:
        """What waits in the database; only that it does not answer, if so."""
        now = milliseconds(self._clock.now())
        try:
            async with asyncio.timeout(_PATIENCE), self._store.reading() as reader:
                found = await backlog.read(reader, now=now, real_now=milliseconds(self._clock.real_now()))
        except (StoreError, TimeoutError):
            return [_family("database_up", "1 if the database answers", [({}, 0)])]
        return [_family("database_up", "1 if the database answers", [({}, 1)]), *_waiting(found, now)]


def _waiting(found: Backlog, now: int) -> list[Family]:
    return [
        *_both("attempts_open", "Attempts whose outcome is open", "state", found.open_attempts, now),
        *_both("jobs_due", "Jobs that are due and nobody runs", "kind", found.due_jobs, now),
        *_both("outbox", "Events without deliveries", None, [found.outbox], now),
        *_both("webhook_deliveries_due", "Deliveries that are due", None, [found.due_deliveries], now),
        *_both("operator_cases_open", "Cases that wait for a person", "kind", found.open_cases, now),
        _family("webhook_dead_letters", "Deliveries that were given up", [({}, found.dead_letters)]),
        _family("audit_unsealed", "Audit entries that are not in a chain yet", [({}, found.unsealed)]),
    ]


def _both(name: str, what: str, label: str | None, waiting: Sequence[Waiting], now: int) -> list[Family]:
    labels = [{} if label is None else {label: each.name} for each in waiting]
    ages = [0.0 if each.oldest is None else max(0, now - each.oldest) / 1000 for each in waiting]
    return [
        _family(name, what, [(at, each.number) for at, each in zip(labels, waiting, strict=True)]),
        _family(f"{name}_oldest_seconds", f"{what}: how long the oldest waits", list(zip(labels, ages, strict=True))),
    ]


def _family(name: str, what: str, figures: Sequence[tuple[dict[str, str], float]], kind: str = "gauge") -> Family:
    full = f"{PREFIX}_{name}"
    shown = f"{full}_total" if kind == "counter" else full
    samples: list[Sample] = [(shown, labels, value) for labels, value in figures]
    return Family(full, kind, what, samples)
