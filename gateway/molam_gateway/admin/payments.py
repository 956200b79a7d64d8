"""The pages of payments: the list that updates itself, the search, and one payment's timeline."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..domain.payment_intents import PaymentIntent
from ..operations.audit_trail import trail
from ..operations.finding import missing
from ..operations.realtime_tickets import create_realtime_ticket
from ..services import Services
from ..storage import dashboard_payments, facade_payments, payment_history
from ..storage.payment_intents import TABLE
from ..storage.port import Reader
from . import filters, rendering, timeline
from .filters import Filter
from .gate import Gate
from .sessions import Sessions, Visit
from .timeline import Entry

READ = "payments:read"
AUDIT = "audit:read"
WEBHOOKS = "webhooks:admin"
_PAGE = 25
_MOST_OBJECTS = 100
_MOST_EVENTS = 1000


class Payments:
    """Shows an account's payments."""

    def __init__(self, services: Services, sessions: Sessions) -> None:
        self._services = services
        self._sessions = sessions

    def routes(self, gate: Gate) -> list[Route]:
        """Where the pages live."""
        return [
            Route("/admin/payments", gate.page(READ, self.show), methods=["GET"]),
            Route("/admin/payments/rows", gate.part(READ, self.rows), methods=["GET"]),
            Route("/admin/payments/ticket", gate.form(READ, self.ticket), methods=["POST"]),
            Route("/admin/search", gate.page(READ, self.search), methods=["GET"]),
            Route("/admin/payments/{id}", gate.page(READ, self.show_one), methods=["GET"]),
        ]

    async def show(self, visit: Visit) -> Response:
        """A page of the list."""
        wanted = filters.of_query(visit.request.query_params)
        found = await self._found(visit, wanted)
        return rendering.page(
            "payments.html",
            visit=visit,
            payments=found[:_PAGE],
            filter=wanted,
            older=wanted.older_than(found[_PAGE - 1].id).query if len(found) > _PAGE else None,
            statuses=filters.STATUSES,
            providers=sorted(self._services.providers.by_name),
        )

    async def rows(self, visit: Visit) -> Response:
        """The rows of the list's first page alone."""
        found = await self._found(visit, filters.of_query(visit.request.query_params))
        return rendering.page("part_payments.html", payments=found[:_PAGE])

    async def ticket(self, visit: Visit, fields: Mapping[str, str]) -> Response:
        """What the list's script shows to hear of events, once."""
        call = replace(
            self._sessions.call(visit.request, visit.account, "create_realtime_ticket"), body={"channel": "events"}
        )
        answer = await create_realtime_ticket(self._services, call)
        return JSONResponse(answer.body, answer.status, rendering.HEADERS)

    async def search(self, visit: Visit) -> Response:
        """The payment that an id or a reference names, or the payments of the customer of that name."""
        word = Filter(customer=filters.word(visit.request.query_params, "q"))
        if not word.customer:
            return rendering.see_other("/admin/payments")
        account = visit.account
        async with self._services.store.reading() as reader:
            id = await dashboard_payments.named(reader, account.id, account.livemode, word.customer)
        return rendering.see_other(f"/admin/payments?{word.query}" if id is None else f"/admin/payments/{id}")

    async def show_one(self, visit: Visit) -> Response:
        """One payment and what happened to it, in the order of time."""
        account, id = visit.account, _id(visit.request)
        async with self._services.store.reading() as reader:
            payment = await TABLE.find_own(reader, id, account_id=account.id, livemode=account.livemode)
            if payment is None:
                raise missing("payments", id)
            entries = await _history(reader, visit, payment)
        return rendering.page(
            "payment.html",
            visit=visit,
            payment=payment,
            entries=timeline.ordered(entries),
            hidden=[scope for scope in (AUDIT, WEBHOOKS) if not visit.may(scope)],
        )

    async def _found(self, visit: Visit, wanted: Filter) -> list[PaymentIntent]:
        async with self._services.store.reading() as reader:
            return await dashboard_payments.page(
                reader, visit.account.id, visit.account.livemode, wanted.wanted, _PAGE + 1
            )


async def _history(reader: Reader, visit: Visit, payment: PaymentIntent) -> list[Entry]:
    account, mode = visit.account.id, visit.account.livemode
    entries = [timeline.of_attempt(row) for row in await payment_history.attempts(reader, payment.id, account, mode)]
    entries += [timeline.of_refund(row) for row in await payment_history.refunds(reader, payment.id, account, mode)]
    entries += [timeline.of_case(row) for row in await payment_history.cases(reader, payment.id, account, mode)]
    objects = (await facade_payments.objects_of(reader, payment.id))[:_MOST_OBJECTS]
    if visit.may(AUDIT):
        entries += [timeline.of_audit(each) for each in await trail(reader, account, mode, objects)]
    if visit.may(WEBHOOKS):
        told = 0
        for object_id in objects:
            if told >= _MOST_EVENTS:
                break
            events = await payment_history.events(reader, object_id, account, mode)
            tries = await payment_history.deliveries(reader, object_id, account, mode) if events else []
            entries += [timeline.of_event(event, tries) for event in events]
            told += len(events) + len(tries)
    return entries


def _id(request: Request) -> str:
    return str(request.path_params["id"]).replace("\0", "")
