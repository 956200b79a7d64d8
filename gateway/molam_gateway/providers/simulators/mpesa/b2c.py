"""Payouts (B2C v3): from the utility account to a customer, once per OriginatorConversationID."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from .behaviour import Behaviour
from .commands import CREDENTIALS_WRONG, Commands
from .fields import Fields
from .merchant import Merchant
from .office import Office
from .refusal import RefusalError, invalid

_SETTLE = "b2c"
_LEAST, _MOST = 10, 250_000


class B2c:
    """The payouts."""

    def __init__(self, office: Office, commands: Commands) -> None:
        self._office = office
        self._commands = commands
        office.simulation.on(_SETTLE, self._settle)
        self.routes = [Route("/mpesa/b2c/v3/paymentrequest", office.endpoint(self._pay), methods=["POST"])]

    async def _pay(self, merchant: Merchant, fields: Fields) -> Response:
        originator = fields.text("OriginatorConversationID", 64)
        fields.choice("CommandID", "SalaryPayment", "BusinessPayment", "PromotionPayment")
        amount, msisdn = fields.shillings("Amount"), fields.msisdn("PartyB")
        fields.text("Remarks", 100, 2)
        fields.optional("Occassion")
        if fields.text("PartyA", 7) != merchant.shortcode:
            raise invalid("PartyA")
        with self._office.book.transaction():
            if self._office.book.find("conversation", originator) is not None:
                raise RefusalError(500, "500.002.1001", "Duplicate OriginatorConversationID.")
            behaviour = self._office.behaviour(msisdn)
            conversation = self._commands.open(
                merchant, fields, _SETTLE, originator, behaviour, amount=amount, msisdn=msisdn
            )
        if behaviour.callback == "before_ack":
            await self._settle({"originator": originator})
            await self._office.simulation.settle()
        return self._commands.acknowledge(conversation, behaviour)

    async def _settle(self, document: Mapping[str, Any]) -> None:
        office = self._office
        with office.book.transaction():
            conversation = office.book.find("conversation", document["originator"])
            if conversation is None or conversation["state"] != "Pending":
                return
            behaviour = Behaviour(**conversation["behaviour"])
            if behaviour.refused:
                self._commands.leave_undone(conversation)
                return
            receipt, result = office.receipt(), self._result(conversation, behaviour)
            if result != "0":
                self._commands.conclude(conversation, result, receipt)
                return
            amount = conversation["amount"]
            office.move("payout", conversation["shortcode"], amount, conversation["originator"], receipt)
            self._commands.conclude(conversation, "0", receipt, self._parameters(conversation, behaviour, receipt))

    def _result(self, conversation: Mapping[str, Any], behaviour: Behaviour) -> str:
        amount = conversation["amount"]
        if not conversation["trusted"]:
            return CREDENTIALS_WRONG
        if not _LEAST <= amount <= _MOST:
            return "2" if amount < _LEAST else "3"
        if behaviour.result == "0" and amount > self._office.utility(conversation["shortcode"]):
            return "1"
        return behaviour.result

    def _parameters(self, conversation: Mapping[str, Any], behaviour: Behaviour, receipt: str) -> dict[str, Any]:
        return {
            "TransactionAmount": conversation["amount"] + (1 if behaviour.callback == "wrong_amount" else 0),
            "TransactionReceipt": receipt,
            "ReceiverPartyPublicName": f"{conversation['msisdn']} - SIMULATED CUSTOMER",
            "TransactionCompletedDateTime": self._office.clock("%d.%m.%Y %H:%M:%S"),
            "B2CUtilityAccountAvailableFunds": float(self._office.utility(conversation["shortcode"])),
            "B2CWorkingAccountAvailableFunds": 0.0,
            "B2CRecipientIsRegisteredCustomer": "Y",
            "B2CChargesPaidAccountAvailableFunds": -1980.0,
        }
