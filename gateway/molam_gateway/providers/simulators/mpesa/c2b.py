"""Payments that customers begin: registered addresses, the question before and the confirmation afterwards."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .fields import Fields
from .merchant import Merchant
from .office import Office
from .refusal import RefusalError, invalid

_PAY = "c2b"
_JSON = {"content-type": "application/json"}


class C2b:
    """A short code registers its addresses once; a customer may pay before, but nobody is told."""

    def __init__(self, office: Office) -> None:
        self._office = office
        office.simulation.on(_PAY, self._pay)
        self.routes = [
            Route("/mpesa/c2b/v2/registerurl", office.endpoint(self._register), methods=["POST"]),
            Route("/mpesa/c2b/v2/simulate", office.endpoint(self._simulate), methods=["POST"]),
        ]

    def pay(self, shortcode: str, msisdn: str, amount: int, bill: str) -> None:
        """Let a customer pay now."""
        with self._office.book.transaction():
            document = {"shortcode": shortcode, "msisdn": msisdn, "amount": amount, "bill": bill}
            self._office.simulation.plan(0.0, _PAY, document)

    async def _register(self, merchant: Merchant, fields: Fields) -> Response:
        if fields.digits("ShortCode", 5, 7) != merchant.shortcode:
            raise invalid("ShortCode")
        addresses = {
            "unreachable": fields.choice("ResponseType", "Completed", "Cancelled"),
            "confirmation": fields.registrable_url("ConfirmationURL"),
            "validation": fields.registrable_url("ValidationURL"),
        }
        with self._office.book.transaction():
            if self._office.book.find("addresses", merchant.shortcode) is not None:
                raise RefusalError(500, "500.003.1001", "URLs are already registered")
            self._office.book.put("addresses", merchant.shortcode, addresses)
            named = self._office.request_id()
        return JSONResponse({"OriginatorCoversationID": named, "ResponseCode": "0", "ResponseDescription": "Success"})

    async def _simulate(self, merchant: Merchant, fields: Fields) -> Response:
        if fields.text("ShortCode", 7) != merchant.shortcode:
            raise invalid("ShortCode")
        fields.choice("CommandID", "CustomerPayBillOnline", "CustomerBuyGoodsOnline")
        self.pay(
            merchant.shortcode,
            fields.msisdn("Msisdn"),
            fields.shillings("Amount"),
            fields.optional("BillRefNumber", 20),
        )
        return JSONResponse(
            {
                "OriginatorCoversationID": self._office.request_id(),
                "ResponseCode": "0",
                "ResponseDescription": "Accept the service request successfully.",
            }
        )

    async def _pay(self, document: Mapping[str, Any]) -> None:
        office = self._office
        merchant = office.by_shortcode(document["shortcode"])
        addresses = office.book.find("addresses", document["shortcode"])
        with office.book.transaction():
            receipt = office.receipt()
        told = self._told(document, receipt)
        if merchant is None:
            return
        if addresses is not None and merchant.validates:
            answer = await office.simulation.post(addresses["validation"], json.dumps(told), _JSON)
            if not _accepted(answer, addresses["unreachable"]):
                return
        with office.book.transaction():
            office.move("charge", merchant.shortcode, document["amount"], document["bill"], receipt)
            known = {"shortcode": merchant.shortcode, "amount": document["amount"], "msisdn": document["msisdn"]}
            office.book.put("transaction", receipt, {**known, "reference": document["bill"], "reversed": False})
            if addresses is not None:
                told["OrgAccountBalance"] = f"{office.utility(merchant.shortcode)}.00"
                office.deliver(addresses["confirmation"], told, office.behaviour(document["msisdn"]))

    def _told(self, document: Mapping[str, Any], receipt: str) -> dict[str, Any]:
        msisdn = document["msisdn"]
        return {
            "TransactionType": "Pay Bill",
            "TransID": receipt,
            "TransTime": self._office.clock(),
            "TransAmount": f"{document['amount']}.00",
            "BusinessShortCode": document["shortcode"],
            "BillRefNumber": document["bill"],
            "InvoiceNumber": "",
            "OrgAccountBalance": "",
            "ThirdPartyTransID": "",
            "MSISDN": f"{msisdn[:4]} ***** {msisdn[-3:]}",
            "FirstName": "SIMULATED",
            "MiddleName": "",
            "LastName": "",
        }


def _accepted(answer: tuple[int, bytes] | None, unreachable: str) -> bool:
    try:
        document: Any = None if answer is None or answer[0] != 200 else json.loads(answer[1])
    except ValueError:
        document = None
    if not isinstance(document, dict) or "ResultCode" not in document:
        return unreachable == "Completed"
    return str(document.get("ResultCode")) == "0"  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
