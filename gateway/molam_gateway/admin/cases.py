"""The pages of operator cases: what people have to decide, and writing down what they decided on which evidence."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import Route

from ..domain.card_data import contains_card_number
from ..domain.operator_cases import Resolution, resolutions
from ..domain.problems import ProblemError
from ..operations.case_resolution import resolve_case
from ..operations.finding import missing
from ..services import Services
from ..storage.operator_cases import TABLE
from . import filters, rendering
from .gate import Gate
from .sessions import SCOPE, Visit

WRITE = "providers:admin"
"""Who answers for the account at the provider may say what happened there."""

_PAGE = 50


class Cases:
    """Shows an account's cases and closes them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self, gate: Gate) -> list[Route]:
        """Where the pages live."""
        return [
            Route("/admin/cases", gate.page(SCOPE, self.show), methods=["GET"]),
            Route("/admin/cases/{id}", gate.page(SCOPE, self.show_one), methods=["GET"]),
            Route("/admin/cases/{id}", gate.form(WRITE, self.resolve), methods=["POST"]),
        ]

    async def show(self, visit: Visit) -> Response:
        """A page of cases, the open ones unless asked otherwise."""
        query, account = visit.request.query_params, visit.account
        status = "resolved" if query.get("status") == "resolved" else "open"
        async with self._services.store.reading() as reader:
            found = await TABLE.page(
                reader,
                account_id=account.id,
                livemode=account.livemode,
                limit=_PAGE + 1,
                filters={"status": status},
                starting_after=filters.word(query, "after") or None,
            )
        older = found[_PAGE - 1].id if len(found) > _PAGE else None
        return rendering.page("cases.html", visit=visit, cases=found[:_PAGE], chosen=status, older=older)

    async def show_one(self, visit: Visit) -> Response:
        """One case."""
        account, id = visit.account, _id(visit)
        async with self._services.store.reading() as reader:
            case = await TABLE.find_own(reader, id, account_id=account.id, livemode=account.livemode)
        if case is None:
            raise missing("operator_cases", id)
        suitable = resolutions(case)
        return rendering.page("case.html", visit=visit, case=case, resolutions=suitable, may_write=visit.may(WRITE))

    async def resolve(self, visit: Visit, fields: Mapping[str, str]) -> Response:
        """Close a case; a parked attempt is settled by it."""
        account, id = visit.account, _id(visit)
        resolution, evidence = fields.get("resolution", ""), filters.word(fields, "evidence")
        if resolution not in tuple(Resolution) or not evidence:
            raise ProblemError("parameter_invalid", "Choose what happened, and say what shows it.")
        if contains_card_number(evidence):
            raise ProblemError("card_data_not_allowed", "The evidence holds what looks like a card number.")
        async with self._services.store.reading() as reader:
            case = await TABLE.find_own(reader, id, account_id=account.id, livemode=account.livemode)
        if case is None:
            raise missing("operator_cases", id)
        receipt = filters.word(fields, "receipt") or None
        operator, force = str(account.actor.id), fields.get("force") == "yes"
        await resolve_case(self._services, id, resolution, evidence, operator, receipt=receipt, force=force)
        self._services.wake()
        return rendering.see_other(f"/admin/cases/{id}")


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["id"]).replace("\0", "")
