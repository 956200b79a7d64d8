"""What tests and people can make the simulated M-Pesa do, over HTTP."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from .behaviour import Behaviour, BehaviourError
from .c2b import C2b
from .office import Office
from .stk import Stk


class Controls:
    """`POST /_control/behaviours` `{msisdn, kind?, times?, behaviour: {...}}`, `/_control/answers` `{handle, approve}`
    and `/_control/customers` `{shortcode, msisdn, amount, reference}` (a customer pays of their own accord).
    """

    def __init__(self, office: Office, stk: Stk, c2b: C2b) -> None:
        self._office = office
        self._stk = stk
        self._c2b = c2b
        self.routes = [
            Route("/_control/behaviours", _reading(self._behave), methods=["POST"]),
            Route("/_control/answers", _reading(self._answer), methods=["POST"]),
            Route("/_control/customers", _reading(self._pay), methods=["POST"]),
        ]

    async def _behave(self, asked: Mapping[str, Any]) -> None:
        behaviour = Behaviour.of(asked["behaviour"])
        self._office.tell(asked["msisdn"], behaviour, asked.get("kind", "payment"), int(asked.get("times", 1)))

    async def _answer(self, asked: Mapping[str, Any]) -> None:
        await self._stk.decide(asked["handle"], approve=bool(asked["approve"]))

    async def _pay(self, asked: Mapping[str, Any]) -> None:
        self._c2b.pay(asked["shortcode"], asked["msisdn"], int(asked["amount"]), str(asked["reference"]))


def _reading(
    act: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def handle(request: Request) -> JSONResponse:
        try:
            await act(json.loads(await request.body()))
        except (BehaviourError, KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status_code=400)
        return JSONResponse({"done": True})

    return handle
