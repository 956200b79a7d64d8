"""STK push and its query: a prompt on the customer's phone, who answers after a while."""

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .behaviour import SECOND_THOUGHTS, Behaviour
from .dropped import DroppedResponse
from .fields import Fields
from .merchant import Merchant
from .office import Office, result_code
from .refusal import RefusalError, invalid
from .wording import result_desc

_ANSWER = "stk.answer"
_RULE_17 = 120.0
_PROMPT = 60.0
"""Seconds for which a prompt keeps others away from the phone."""

_MOST = 250_000
_WRONG = RefusalError(500, "500.001.1001", "Wrong credentials")
_MISSING = RefusalError(500, "500.001.1001", "Merchant does not exist")
_LOCKED = "Unable to lock subscriber, a transaction is already in process for the current subscriber"
_PENDING = "The transaction is being processed"


class Stk:
    """The pushes; one prompt at a time per subscriber, the same payment not twice within two minutes."""

    def __init__(self, office: Office) -> None:
        self._office = office
        office.simulation.on(_ANSWER, self._answer)
        self.routes = [
            Route("/mpesa/stkpush/v1/processrequest", office.endpoint(self._push), methods=["POST"]),
            Route("/mpesa/stkpushquery/v1/query", office.endpoint(self._query), methods=["POST"]),
        ]

    async def decide(self, checkout: str, *, approve: bool) -> None:
        """Let the customer answer now; what was answered stays."""
        push = self._office.book.find("push", checkout)
        if push is not None and push["result"] is None:
            await self._answer({"checkout": checkout, "result": "0" if approve else "1032"})

    async def _push(self, merchant: Merchant, fields: Fields) -> Response:
        push = self._checked(merchant, fields)
        book = self._office.book
        with book.transaction():
            lock = book.find("prompt", push["msisdn"])
            if lock is not None and lock["open"] and self._office.simulation.now() < lock["until"]:
                raise RefusalError(500, "500.001.1001", _LOCKED)
            behaviour = self._behaviour(push, fields)
            number = book.number("push")
            checkout = f"ws_CO_{self._office.clock('%d%m%Y%H%M%S')}{number:03d}{push['msisdn'][-9:]}"
            named = {**push, "number": number, "checkout": checkout, "state": "prompted", "result": None}
            named |= {"merchant_request": f"29115-{34620561 + number}-1", "behaviour": asdict(behaviour)}
            book.put("push", checkout, named)
            book.put("prompt", push["msisdn"], {"open": True, "until": self._office.simulation.now() + _PROMPT})
            if behaviour.answers_after is not None and behaviour.callback != "before_ack":
                document = {"checkout": checkout, "result": behaviour.result}
                self._office.simulation.plan(behaviour.answers_after, _ANSWER, document)
        if behaviour.callback == "before_ack":
            await self._answer({"checkout": checkout, "result": behaviour.result})
            await self._office.simulation.settle()
        return DroppedResponse() if behaviour.dropped else JSONResponse(_acknowledgement(named))

    async def _query(self, merchant: Merchant, fields: Fields) -> Response:
        self._authenticated(merchant, fields)
        push = self._office.book.find("push", fields.text("CheckoutRequestID"))
        if push is None or push["shortcode"] != merchant.shortcode:
            raise RefusalError(500, "500.001.1001", "The transaction does not exist")
        behaviour = Behaviour(**push["behaviour"])
        result = push["result"]
        if result is None and behaviour.doubtful:
            result = "1037"
        if result is None:
            raise RefusalError(500, "500.001.1001", _PENDING)
        return JSONResponse(
            {
                "ResponseCode": "0",
                "ResponseDescription": "The service request has been accepted successsfully",
                "MerchantRequestID": push["merchant_request"],
                "CheckoutRequestID": push["checkout"],
                "ResultCode": result,
                "ResultDesc": result_desc(result),
            }
        )

    def _checked(self, merchant: Merchant, fields: Fields) -> dict[str, Any]:
        self._authenticated(merchant, fields)
        kind = fields.choice("TransactionType", "CustomerPayBillOnline", "CustomerBuyGoodsOnline")
        receiver = fields.digits("PartyB", 5, 8)
        if receiver != (merchant.till if kind == "CustomerBuyGoodsOnline" else merchant.shortcode):
            raise invalid("PartyB")
        amount = fields.shillings("Amount")
        if amount > _MOST:
            raise invalid("Amount")
        payer = fields.msisdn("PartyA")
        return {
            "shortcode": merchant.shortcode,
            "amount": amount,
            "payer": payer,
            "msisdn": fields.msisdn("PhoneNumber"),
            "url": fields.url("CallBackURL"),
            "reference": fields.text("AccountReference", 12),
            "description": fields.text("TransactionDesc", 13),
        }

    def _authenticated(self, merchant: Merchant, fields: Fields) -> None:
        shortcode = fields.digits("BusinessShortCode", 5, 7)
        password, timestamp = fields.text("Password", 1024), fields.digits("Timestamp", 14, 14)
        if shortcode != merchant.shortcode:
            raise _MISSING
        if password != base64.b64encode(f"{shortcode}{merchant.passkey}{timestamp}".encode()).decode():
            raise _WRONG

    def _behaviour(self, push: Mapping[str, Any], fields: Fields) -> Behaviour:
        if self._office.rules.numbers_only and not fields.is_number("PhoneNumber"):
            return Behaviour("1037")
        last = self._office.book.find("paid", _same(push))
        if last is not None and self._office.simulation.now() < last["at"] + _RULE_17:
            return Behaviour("17")
        return self._office.behaviour(push["msisdn"])

    async def _answer(self, document: Mapping[str, Any]) -> None:
        """The customer decides; who decides again has paid after all."""
        office, book = self._office, self._office.book
        with book.transaction():
            push = book.find("push", document["checkout"])
            if push is None or push["result"] == "0":
                return
            behaviour, result = Behaviour(**push["behaviour"]), str(document["result"])
            receipt = self._paid(push) if result == "0" else None
            book.put("push", push["checkout"], {**push, "result": result, "receipt": receipt})
            book.put("prompt", push["msisdn"], {"open": False, "until": 0.0})
            office.deliver(push["url"], callback(push, result, receipt, behaviour, office.clock()), behaviour)
            if behaviour.later is not None and result != behaviour.later:
                again = {"checkout": push["checkout"], "result": behaviour.later}
                office.simulation.plan(SECOND_THOUGHTS, _ANSWER, again)

    def _paid(self, push: Mapping[str, Any]) -> str:
        office = self._office
        receipt = office.receipt()
        office.move("charge", push["shortcode"], push["amount"], push["reference"], receipt)
        known = {name: push[name] for name in ("shortcode", "amount", "msisdn", "reference")}
        office.book.put("transaction", receipt, {**known, "reversed": False})
        office.book.put("paid", _same(push), {"at": office.simulation.now()})
        return receipt


def callback(
    push: Mapping[str, Any], result: str, receipt: str | None, behaviour: Behaviour, completed: str
) -> dict[str, Any]:
    """The callback's body: no order among the items, the balance without a value or not there at all."""
    told: dict[str, Any] = {
        "MerchantRequestID": push["merchant_request"],
        "CheckoutRequestID": push["checkout"],
        "ResultCode": result_code(result, behaviour.codes, push["number"]),
        "ResultDesc": result_desc(result),
    }
    if receipt is not None:
        amount = push["amount"] + (1 if behaviour.callback == "wrong_amount" else 0)
        items: list[dict[str, Any]] = [
            {"Name": "Amount", "Value": float(amount)},
            {"Name": "MpesaReceiptNumber", "Value": receipt},
            {"Name": "TransactionDate", "Value": int(completed)},
            {"Name": "PhoneNumber", "Value": int(push["msisdn"])},
        ]
        if push["number"] % 3 != 0:
            items.append({"Name": "Balance"})
        first = push["number"] % len(items)
        told["CallbackMetadata"] = {"Item": items[first:] + items[:first]}
    return {"Body": {"stkCallback": told}}


def _acknowledgement(push: Mapping[str, Any]) -> dict[str, str]:
    return {
        "MerchantRequestID": push["merchant_request"],
        "CheckoutRequestID": push["checkout"],
        "ResponseCode": "0",
        "ResponseDescription": "Success. Request accepted for processing",
        "CustomerMessage": "Success. Request accepted for processing",
    }


def _same(push: Mapping[str, Any]) -> str:
    return f"{push['shortcode']}:{push['msisdn']}:{push['amount']}"
