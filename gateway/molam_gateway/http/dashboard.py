"""The sandbox's dashboard: what happened lately, read-only."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..domain.times import rfc3339
from ..storage import recent
from ..storage.port import Store
from . import pages

PATH = "/admin"


class Dashboard:
    """One page over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        """Where the page lives."""
        return [Route(PATH, self.show, methods=["GET"])]

    async def show(self, request: Request) -> Response:
        """The latest payment intents, events and deliveries."""
        async with self._store.reading() as reader:
            intents = await recent.payment_intents(reader)
            events = await recent.events(reader)
            deliveries = await recent.deliveries(reader)
        return pages.page(
            "Molam sandbox",
            pages.table(
                "Payment intents",
                ["id", "amount", "currency", "status", "created"],
                [[*_cells(row, "id", "amount", "currency", "status"), rfc3339(row["created_at"])] for row in intents],
            ),
            pages.table(
                "Events",
                ["id", "type", "object", "created"],
                [[*_cells(row, "id", "type", "object_id"), rfc3339(row["created_at"])] for row in events],
            ),
            pages.table(
                "Webhook deliveries",
                ["id", "event", "endpoint", "status", "attempts", "last answer"],
                [_cells(row, "id", "type", "endpoint_id", "status", "attempts", "answer") for row in deliveries],
            ),
        )


def _cells(row: recent.Row, *columns: str) -> list[object]:
    return [row[column] for column in columns]
