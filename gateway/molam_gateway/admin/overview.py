"""The first page: the last 24 hours in three charts, each with its figures as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response
from starlette.routing import Route

from ..domain.times import milliseconds, moment
from ..services import Services
from ..storage import dashboard_figures
from ..storage.port import Row
from . import charts, rendering
from .charts import Chart
from .gate import Gate
from .sessions import SCOPE, Visit

_HOURS = 24
_HOUR = 3_600_000
KINDS = ("completed", "refunded", "processing", "failed")
_KIND_OF: Mapping[str, str] = {
    "completed": "completed",
    "partially_refunded": "refunded",
    "refunded": "refunded",
    "pending": "processing",
    "processing": "processing",
    "failed": "failed",
    "canceled": "failed",
}
_ENDED = ("succeeded", "failed")


@dataclass(frozen=True, slots=True)
class Rate:
    """How a provider fared: attempts that ended, and how many of those succeeded."""

    provider: str
    succeeded: int
    ended: int
    open: int


class Overview:
    """Shows an account's last day."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self, gate: Gate) -> list[Route]:
        """Where the page lives."""
        return [Route("/admin", gate.page(SCOPE, self.show), methods=["GET"])]

    async def show(self, visit: Visit) -> Response:
        """The charts that the API key may see."""
        now, account = self._services.clock.now(), visit.account
        since = now - timedelta(hours=_HOURS)
        hours: list[tuple[str, Mapping[str, int]]] = []
        rates: list[Rate] = []
        latencies: list[tuple[str, Mapping[str, int]]] = []
        async with self._services.store.reading() as reader:
            if visit.may("payments:read"):
                hours = by_hour(await dashboard_figures.hourly(reader, account.id, account.livemode, since), now)
                rates = by_provider(await dashboard_figures.of_providers(reader, account.id, account.livemode, since))
            if visit.may("webhooks:admin"):
                latencies = by_latency(await dashboard_figures.latency(reader, account.id, account.livemode, since))
        return rendering.page(
            "overview.html",
            visit=visit,
            hours=hours,
            hourly=charts.stacked(hours, KINDS, every=4),
            kinds=KINDS,
            rates=rates,
            success=_success(rates),
            latencies=latencies,
            latency=charts.stacked(latencies, ("attempts",)),
        )


def by_hour(rows: list[Row], now: datetime) -> list[tuple[str, Mapping[str, int]]]:
    """The payments of each of the last hours, those without any too, by kind; hours are named in UTC."""
    last = milliseconds(now) // _HOUR
    found: dict[int, dict[str, int]] = {hour: {} for hour in range(last - _HOURS + 1, last + 1)}
    for row in rows:
        counts = found.get(row["hour"])
        if counts is not None:
            kind = _KIND_OF[row["state"]]
            counts[kind] = counts.get(kind, 0) + row["number"]
    return [(f"{moment(hour * _HOUR):%H:%M}", counts) for hour, counts in found.items()]


def by_provider(rows: list[Row]) -> list[Rate]:
    """How often attempts succeeded, of those that ended."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["provider"], {})[row["state"]] = row["number"]
    return [
        Rate(
            name,
            each.get("succeeded", 0),
            sum(each.get(state, 0) for state in _ENDED),
            sum(number for state, number in each.items() if state not in (*_ENDED, "canceled")),
        )
        for name, each in counts.items()
    ]


def by_latency(counts: Mapping[int, int]) -> list[tuple[str, Mapping[str, int]]]:
    """The delivery attempts of each class of latency."""
    bounds = dashboard_figures.LATENCIES
    names = [*(f"< {bound} ms" for bound in bounds), f"≥ {bounds[-1]} ms"]
    return [(name, {"attempts": counts.get(number, 0)}) for number, name in enumerate(names)]


def _success(rates: list[Rate]) -> Chart:
    columns = [(rate.provider, {"completed": rate.succeeded, "failed": rate.ended - rate.succeeded}) for rate in rates]
    return charts.stacked(columns, ("completed", "failed"))
