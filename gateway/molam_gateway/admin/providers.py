"""The page of providers: what each can do, whether the account can use it, and how it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from starlette.responses import Response
from starlette.routing import Route

from ..operations.facade.providers import list_providers
from ..providers.contract import Provider, connections_of
from ..services import Services
from ..storage import dashboard_figures
from ..storage.port import Row
from . import rendering
from .gate import Gate
from .sessions import Sessions, Visit

READ = "payments:read"
_OF_LATE = timedelta(minutes=10)
_DAY = timedelta(hours=24)
_MOST = 100
_LOST = ("unknown", "unsent")


class ProvidersPage:
    """Shows providers as `list_providers` has them, with this process's circuits and the account's figures."""

    def __init__(self, services: Services, sessions: Sessions) -> None:
        self._services = services
        self._sessions = sessions

    def routes(self, gate: Gate) -> list[Route]:
        """Where the page lives."""
        return [Route("/admin/providers", gate.page(READ, self.show), methods=["GET"])]

    async def show(self, visit: Visit) -> Response:
        """Every provider."""
        call = self._sessions.call(visit.request, visit.account, "list_providers")
        answer = await list_providers(self._services, call)
        data = cast(list[dict[str, object]], cast(Mapping[str, object], answer.body)["data"])[:_MOST]
        now, by_name = self._services.clock.now(), self._services.providers.by_name
        late, day = await self._figures(visit, now - _OF_LATE), await self._figures(visit, now - _DAY)
        providers = [
            {**each, **_circuits(by_name[str(each["name"])]), **_counts(str(each["name"]), late, day)} for each in data
        ]
        return rendering.page("providers.html", visit=visit, providers=providers)

    async def _figures(self, visit: Visit, since: datetime) -> list[Row]:
        async with self._services.store.reading() as reader:
            return await dashboard_figures.of_providers(reader, visit.account.id, visit.account.livemode, since)


def _circuits(provider: Provider) -> dict[str, object]:
    """The connections of this process; a provider inside the gateway has none."""
    connections = connections_of(provider)
    if not connections:
        return {"circuit": "not needed", "calls": None}
    broken = any(each.broken for each in connections)
    return {"circuit": "open" if broken else "closed", "calls": sum(each.in_flight for each in connections)}


def _counts(name: str, late: list[Row], day: list[Row]) -> dict[str, object]:
    recent = {row["state"]: row["number"] for row in late if row["provider"] == name}
    successes = [row["latest"] for row in day if row["provider"] == name and row["state"] == "succeeded"]
    return {
        "recent": sum(recent.values()),
        "sending": recent.get("sending", 0),
        "lost": sum(recent.get(state, 0) for state in _LOST),
        "last_success": max(successes, default=None),
    }
