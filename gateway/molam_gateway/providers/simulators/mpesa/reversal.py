"""Reversals: a whole payment goes back to the customer, once."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from .behaviour import Behaviour
from .commands import CREDENTIALS_WRONG, Commands
from .fields import Fields
from .merchant import Merchant
from .office import Office
from .refusal import invalid

_SETTLE = "reversal"
_UNKNOWN, _ALREADY = "R000002", "R000001"


class Reversal:
    """The reversals."""

    def __init__(self, office: Office, commands: Commands) -> None:
        self._office = office
        self._commands = commands
        office.simulation.on(_SETTLE, self._settle)
        self.routes = [Route("/mpesa/reversal/v1/request", office.endpoint(self._reverse), methods=["POST"])]

    async def _reverse(self, merchant: Merchant, fields: Fields) -> Response:
        fields.choice("CommandID", "TransactionReversal")
        fields.choice("RecieverIdentifierType", "11")
        receipt, amount = fields.text("TransactionID", 20), fields.shillings("Amount")
        fields.text("Remarks", 100, 2)
        if fields.text("ReceiverParty", 7) != merchant.shortcode:
            raise invalid("ReceiverParty")
        office = self._office
        with office.book.transaction():
            paid = office.book.find("transaction", receipt)
            behaviour = Behaviour() if paid is None else office.behaviour(paid["msisdn"], "reversal")
            originator = f"53e3-4aa8-9fe0-{office.book.number('reversal'):019d}"
            conversation = self._commands.open(
                merchant, fields, _SETTLE, originator, behaviour, amount=amount, original=receipt
            )
        if behaviour.callback == "before_ack":
            await self._settle({"originator": originator})
            await office.simulation.settle()
        return self._commands.acknowledge(conversation, behaviour)

    async def _settle(self, document: Mapping[str, Any]) -> None:
        office = self._office
        with office.book.transaction():
            conversation = office.book.find("conversation", document["originator"])
            if conversation is None or conversation["state"] != "Pending":
                return
            paid = office.book.find("transaction", conversation["original"])
            result = self._result(conversation, paid)
            if paid is None or result != "0":
                self._commands.conclude(conversation, result, f"S{result[-3:]:0>3}000000")
                return
            receipt = office.receipt()
            office.book.put("transaction", conversation["original"], {**paid, "reversed": True})
            office.move("refund", paid["shortcode"], paid["amount"], paid["reference"], receipt)
            self._commands.conclude(conversation, "0", receipt, self._parameters(conversation, paid))

    def _result(self, conversation: Mapping[str, Any], paid: Mapping[str, Any] | None) -> str:
        behaviour = Behaviour(**conversation["behaviour"])
        if not conversation["trusted"]:
            return CREDENTIALS_WRONG
        if paid is None or paid["shortcode"] != conversation["shortcode"]:
            return _UNKNOWN
        if paid["reversed"]:
            return _ALREADY
        if paid["amount"] != conversation["amount"]:
            return "2"
        if behaviour.result == "0" and paid["amount"] > self._office.utility(paid["shortcode"]):
            return "1"
        return behaviour.result

    def _parameters(self, conversation: Mapping[str, Any], paid: Mapping[str, Any]) -> dict[str, Any]:
        balance = f"{self._office.utility(paid['shortcode'])}.00"
        return {
            "DebitAccountBalance": f"Utility Account|KES|{balance}|{balance}|0.00|0.00",
            "Amount": float(paid["amount"]),
            "TransCompletedTime": int(self._office.clock()),
            "OriginalTransactionID": conversation["original"],
            "Charge": 0.0,
            "CreditPartyPublicName": f"{paid['msisdn']} - SIMULATED CUSTOMER",
            "DebitPartyPublicName": f"{paid['shortcode']} - Simulated Merchant",
        }
