"""The pages of webhooks: endpoints, dead letters, and redriving them after a question."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response
from starlette.routing import Route

from ..domain.call import Call
from ..domain.fingerprint import fingerprint
from ..domain.problems import ProblemError
from ..domain.times import milliseconds, rfc3339
from ..operations import webhook_deliveries
from ..operations.execution import Operation
from ..operations.finding import missing
from ..services import Services
from ..storage import dashboard_figures, webhook_attempts, webhook_endpoints
from ..storage.webhook_delivery_log import TABLE
from . import filters, rendering
from .gate import Gate
from .sessions import Sessions, Visit

SCOPE = "webhooks:admin"
STATUSES = ("dead_letter", "retrying", "pending", "delivered", "canceled")
_PAGE = 25
_MOST_ENDPOINTS = 100
_MOST_ATTEMPTS = 100
_MINUTE = timedelta(milliseconds=59_999)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which dead letters to redrive: those to one endpoint, or to all; `begin` and `end` are minutes in UTC."""

    endpoint: str
    begin: datetime | None
    end: datetime | None

    @property
    def last(self) -> datetime | None:
        """The end of the last minute."""
        return None if self.end is None else self.end + _MINUTE

    @property
    def body(self) -> dict[str, object]:
        """The API's request that says the same."""
        members = {
            "endpoint_id": self.endpoint or None,
            "created_at_gte": None if self.begin is None else rfc3339(milliseconds(self.begin)),
            "created_at_lte": None if self.last is None else rfc3339(milliseconds(self.last)),
        }
        return {name: value for name, value in members.items() if value is not None}


class Webhooks:
    """Shows endpoints and deliveries, and lets dead letters begin anew."""

    def __init__(self, services: Services, sessions: Sessions) -> None:
        self._services = services
        self._sessions = sessions

    def routes(self, gate: Gate) -> list[Route]:
        """Where the pages live."""
        return [
            Route("/admin/webhooks", gate.page(SCOPE, self.show), methods=["GET"]),
            Route("/admin/webhooks/redrive", gate.page(SCOPE, self.ask), methods=["GET"]),
            Route("/admin/webhooks/redrive", gate.form(SCOPE, self.redrive), methods=["POST"]),
            Route("/admin/deliveries/{id}", gate.page(SCOPE, self.show_one), methods=["GET"]),
            Route("/admin/deliveries/{id}/redrive", gate.form(SCOPE, self.redrive_one), methods=["POST"]),
        ]

    async def show(self, visit: Visit) -> Response:
        """The endpoints, and deliveries of one status: dead letters unless asked otherwise."""
        query, account = visit.request.query_params, visit.account
        status = query.get("status", "dead_letter")
        status = status if status in STATUSES else "dead_letter"
        after = filters.word(query, "after")
        async with self._services.store.reading() as reader:
            endpoints = await webhook_endpoints.TABLE.page(
                reader, account_id=account.id, livemode=account.livemode, limit=_MOST_ENDPOINTS, filters={}
            )
            dead = await dashboard_figures.dead_letters(reader, account.id, account.livemode)
            found = await TABLE.page(
                reader,
                account_id=account.id,
                livemode=account.livemode,
                limit=_PAGE + 1,
                filters={"status": status},
                starting_after=after or None,
            )
        more = urlencode({"status": status, "after": found[_PAGE - 1].id}) if len(found) > _PAGE else None
        redriven = query.get("redriven", "")
        return rendering.page(
            "webhooks.html",
            visit=visit,
            endpoints=[(each, shown_url(each.url), dead.get(each.id, 0)) for each in endpoints],
            deliveries=found[:_PAGE],
            chosen=status,
            statuses=STATUSES,
            older=more,
            redriven=redriven if redriven.isascii() and redriven.isdecimal() and len(redriven) < 6 else None,
        )

    async def show_one(self, visit: Visit) -> Response:
        """One delivery with its attempts."""
        account, id = visit.account, _id(visit)
        async with self._services.store.reading() as reader:
            delivery = await TABLE.find_own(reader, id, account_id=account.id, livemode=account.livemode)
            if delivery is None:
                raise missing("webhook_deliveries", id)
            attempts = await webhook_attempts.latest(reader, id, _MOST_ATTEMPTS)
        return rendering.page("delivery.html", visit=visit, delivery=delivery, attempts=attempts, once=_once())

    async def ask(self, visit: Visit) -> Response:
        """Say what a redrive would do, before it does."""
        chosen, account = _chosen(visit.request.query_params), visit.account
        async with self._services.store.reading() as reader:
            count = await dashboard_figures.dead_letters_between(
                reader, account.id, account.livemode, chosen.endpoint or None, chosen.begin, chosen.last
            )
        most = webhook_deliveries.MOST_REDRIVEN
        query = visit.request.query_params
        return rendering.page("redrive.html", visit=visit, count=count, most=most, query=query, once=_once())

    async def redrive(self, visit: Visit, fields: Mapping[str, str]) -> Response:
        """Let the chosen dead letters begin anew."""
        answer = await self._run(
            visit, fields, webhook_deliveries.redrive_webhook_deliveries, body=_chosen(fields).body
        )
        return rendering.see_other(f"/admin/webhooks?redriven={answer['redriven']}")

    async def redrive_one(self, visit: Visit, fields: Mapping[str, str]) -> Response:
        """Let one delivery begin anew."""
        path = {"webhook_delivery_id": _id(visit)}
        await self._run(visit, fields, webhook_deliveries.redrive_webhook_delivery, path=path)
        return rendering.see_other(f"/admin/deliveries/{path['webhook_delivery_id']}")

    async def _run(
        self,
        visit: Visit,
        fields: Mapping[str, str],
        operation: Operation,
        *,
        path: Mapping[str, str] | None = None,
        body: dict[str, object] | None = None,
    ) -> Mapping[str, object]:
        """Call the API's operation under the form's own idempotency key: a form that is sent twice acts once."""
        once = fields.get("once", "")
        if not (once.isascii() and once.isalnum() and len(once) <= 64):
            raise ProblemError("parameter_invalid", "This form is not whole: open its page anew.")
        name = getattr(operation, "__name__", "")
        call: Call = replace(
            self._sessions.call(visit.request, visit.account, name),
            path=path or {},
            body=body,
            idempotency_key=f"admin-{once}",
            fingerprint=fingerprint("POST", name, path or {}, body),
        )
        answer = await operation(self._services, call)
        self._services.wake()
        document = cast(
            Mapping[str, object], json.loads(answer.body) if isinstance(answer.body, bytes) else answer.body
        )
        if answer.status >= 400:
            raise ProblemError(str(document["code"]), str(document["detail"]))
        return document


def _chosen(fields: Mapping[str, str]) -> Chosen:
    return Chosen(
        filters.word(fields, "endpoint"),
        filters.minute(fields.get("begin", "")),
        filters.minute(fields.get("end", "")),
    )


def _once() -> str:
    return secrets.token_hex(16)


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["id"]).replace("\0", "")


def shown_url(url: str) -> str:
    """An endpoint's address without what may be secret in it: its user and its query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
