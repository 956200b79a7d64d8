"""Transaction status: what became of a conversation or a receipt, told to an address."""

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

_SETTLE = "status"
_NOT_FOUND = "R000002"


class Status:
    """The questions."""

    def __init__(self, office: Office, commands: Commands) -> None:
        self._office = office
        self._commands = commands
        office.simulation.on(_SETTLE, self._settle)
        self.routes = [Route("/mpesa/transactionstatus/v1/query", office.endpoint(self._ask), methods=["POST"])]

    async def _ask(self, merchant: Merchant, fields: Fields) -> Response:
        fields.choice("CommandID", "TransactionStatusQuery")
        fields.choice("IdentifierType", "1", "2", "4")
        receipt, asked = fields.optional("TransactionID", 20), fields.optional("OriginalConversationID", 64)
        if not receipt and not asked:
            raise invalid("TransactionID")
        fields.optional("Remarks")
        if fields.text("PartyA", 12) != merchant.shortcode:
            raise invalid("PartyA")
        with self._office.book.transaction():
            originator = f"3213-{self._office.book.number('status'):06d}-2"
            behaviour = Behaviour(answers_after=1.0)
            conversation = self._commands.open(
                merchant, fields, _SETTLE, originator, behaviour, receipt_asked=receipt, conversation_asked=asked
            )
        return self._commands.acknowledge(conversation, behaviour)

    async def _settle(self, document: Mapping[str, Any]) -> None:
        with self._office.book.transaction():
            question = self._office.book.find("conversation", document["originator"])
            if question is None:
                return
            found = self._found(question)
            if not question["trusted"] or found is None:
                result = _NOT_FOUND if question["trusted"] else CREDENTIALS_WRONG
                self._commands.conclude(question, result, "S000000000")
            else:
                self._commands.conclude(question, "0", "S000000000", found)

    def _found(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        book = self._office.book
        if question["conversation_asked"]:
            asked = book.find("conversation", question["conversation_asked"])
            if asked is None or asked["shortcode"] != question["shortcode"]:
                return None
            return {
                "DebitPartyName": f"{asked['shortcode']} - Simulated Merchant",
                "TransactionReason": None,
                "OriginatorConversationID": asked["originator"],
                "InitiatedTime": int(asked["initiated"]),
                "TransactionStatus": asked["state"],
                "FinalisedTime": asked.get("finalised", ""),
                "Amount": str(asked["amount"]),
                "ConversationID": asked["conversation"],
                "ReceiptNo": asked["receipt"] or "",
            }
        paid = book.find("transaction", question["receipt_asked"])
        if paid is None:
            return None
        return {
            "TransactionStatus": "Completed",
            "Amount": f"{paid['amount']}.00",
            "ReceiptNo": question["receipt_asked"],
        }
