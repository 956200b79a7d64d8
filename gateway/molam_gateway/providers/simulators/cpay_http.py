"""CPay's HTTP API: its simulator behind a socket, with signed webhooks."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ...domain.attempts import AttemptKind
from ...domain.ids import IdGenerator
from ...domain.times import milliseconds, moment
from ...storage.port import Store, Transaction
from .. import molam_signature
from ..contract import Instruction
from .cpay import CPaySimulator
from .cpay_book import Operation
from .faults import hang_up
from .simulation import Simulation

_NEWS = "news"
_KID = "cpay"
_RETRIES = (60.0,) * 4 + (3600.0,) * 72
_ENDED = frozenset({"failed", "canceled", "reversed"})


class CPayHttpSimulator:
    """Serves `POST /v1/operations` and `GET /v1/operations/{reference}` to whoever has the API key.

    What settles later is told to `webhook_url`, signed with the webhook secret, until it is taken. Refunds beyond what
    was captured are refused.
    """

    def __init__(self, store: Store, frame: Simulation, *, api_key: str, webhook_url: str, webhook_secret: str) -> None:
        self.frame = frame
        self.simulator = CPaySimulator(store, self._now, IdGenerator(), self._notify)
        self._api_key = api_key
        self._webhook_url = webhook_url
        self._webhook_secret = webhook_secret
        frame.on(_NEWS, self._tell)

    def app(self) -> ASGIApp:
        """The ASGI application."""
        return self.frame.app(
            [
                Route("/v1/operations", self._create, methods=["POST"]),
                Route("/v1/operations/{reference}", self._retrieve, methods=["GET"]),
            ]
        )

    async def _create(self, request: Request) -> Any:
        if not self._authentic(request):
            return _problem(401, "api_key_invalid")
        try:
            instruction = _instruction(await request.json())
        except (KeyError, TypeError, ValueError):
            return _problem(400, "parameter_invalid")
        if not self._reserve(instruction):
            return _problem(409, "refund_exceeds_captured")
        try:
            operation = await self.simulator.carry_out(instruction)
        except LookupError:
            return _problem(404, "resource_missing")
        if operation is None:
            return _HangUp()
        self._remember(operation)
        if operation.status == "pending" and operation.settles_at is not None:
            with self.frame.book.transaction():
                self.frame.book.plan(operation.settles_at / 1000, _NEWS, {"reference": operation.reference})
        return JSONResponse(self._view(operation))

    async def _retrieve(self, request: Request) -> JSONResponse:
        if not self._authentic(request):
            return _problem(401, "api_key_invalid")
        operation = await self.simulator.look_up(request.path_params["reference"])
        return _problem(404, "operation_missing") if operation is None else JSONResponse(self._view(operation))

    def _authentic(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self._api_key}"

    def _reserve(self, instruction: Instruction) -> bool:
        """Whether a refund is within what is left of its charge; it counts from now on."""
        if instruction.kind != AttemptKind.REFUND:
            return True
        parent = str(instruction.parent_reference)
        with self.frame.book.transaction():
            captured = (self.frame.book.find("captured", parent) or {"amount": 0})["amount"]
            refunds = self.frame.book.find("refunds", parent) or {}
            others = sum(amount for reference, amount in refunds.items() if reference != instruction.reference)
            if others + instruction.amount > captured:
                return False
            self.frame.book.put("refunds", parent, {**refunds, instruction.reference: instruction.amount})
        return True

    def _remember(self, operation: Operation) -> None:
        """Keep what can be refunded of a payment, and what no longer counts of its refunds."""
        kind, parent = AttemptKind(operation.kind), str(operation.parent_reference)
        with self.frame.book.transaction():
            if kind == AttemptKind.CHARGE:
                self.frame.book.put("captured", operation.reference, {"amount": operation.amount})
            elif kind == AttemptKind.CAPTURE and operation.status == "succeeded":
                self.frame.book.put("captured", parent, {"amount": operation.amount})
            elif kind == AttemptKind.REFUND and operation.status in _ENDED:
                refunds = self.frame.book.find("refunds", parent) or {}
                self.frame.book.put("refunds", parent, {**refunds, operation.reference: 0})

    def _view(self, operation: Operation) -> dict[str, object]:
        now = milliseconds(self._now())
        queued = operation.begins_at is not None and now < operation.begins_at
        news = operation.begins_at if queued else operation.settles_at
        return {
            "reference": operation.reference,
            "kind": operation.kind,
            "amount": operation.amount,
            "currency": operation.currency,
            "status": operation.status,
            "transaction_id": operation.transaction_id,
            "decline_code": operation.decline_code,
            "action_token": operation.action_token,
            "queued": queued,
            "news_in_ms": max(1, (news or now) - now),
        }

    async def _notify(self, tx: Transaction, reference: str, at: datetime) -> None:
        with self.frame.book.transaction():
            self.frame.book.plan(milliseconds(at) / 1000, _NEWS, {"reference": reference})

    async def _tell(self, document: Mapping[str, Any]) -> None:
        operation = await self.simulator.look_up(document["reference"])
        if operation is None:
            return
        self._remember(operation)
        body = json.dumps(
            {
                "id": f"{operation.reference}.{operation.status}",
                "type": "operation.updated",
                "data": self._view(operation),
            }
        )
        signature = molam_signature.sign(body.encode(), self._webhook_secret, _KID, int(self.frame.now()))
        headers = {"content-type": "application/json", molam_signature.HEADER: signature}
        answer = await self.frame.post(self._webhook_url, body, headers)
        tries = int(document.get("tries", 0))
        if (answer is None or not 200 <= answer[0] < 300) and tries < len(_RETRIES):
            with self.frame.book.transaction():
                self.frame.plan(_RETRIES[tries], _NEWS, {**document, "tries": tries + 1})

    def _now(self) -> datetime:
        return moment(int(self.frame.now() * 1000))


class _HangUp:
    """The answer that is lost."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await hang_up(scope, receive)


def _instruction(document: Mapping[str, Any]) -> Instruction:
    members: dict[str, Any] = {**document, "kind": AttemptKind(document["kind"])}
    if type(members["amount"]) is not int:
        raise TypeError("an amount is an integer")
    return Instruction(**members)


def _problem(status: int, code: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code}}, status_code=status)
