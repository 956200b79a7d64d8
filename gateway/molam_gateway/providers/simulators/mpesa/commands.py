"""What payouts, reversals and status requests share: accepted at once, their result goes to an address later."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.responses import JSONResponse, Response

from .behaviour import Behaviour
from .dropped import DroppedResponse
from .fields import Fields
from .keys import Keys
from .merchant import Merchant
from .office import Office, result_code
from .wording import result_desc

CREDENTIALS_WRONG = "2001"
_QUEUED = 1.0


class Commands:
    """Conversations: each has an id of the merchant's or Daraja's making, and one result."""

    def __init__(self, office: Office, keys: Keys) -> None:
        self._office = office
        self._keys = keys

    def open(
        self, merchant: Merchant, fields: Fields, kind: str, originator: str, behaviour: Behaviour, **members: Any
    ) -> dict[str, Any]:
        """Begin a conversation whose result `kind` settles; belongs into a transaction of the book."""
        office = self._office
        conversation: dict[str, Any] = {
            **members,
            "originator": originator,
            "conversation": office.conversation("AG"),
            "number": office.book.number("command"),
            "shortcode": merchant.shortcode,
            "trusted": self._trusted(merchant, fields, "InitiatorName" if kind == "b2c" else "Initiator"),
            "result_url": fields.url("ResultURL"),
            "timeout_url": fields.url("QueueTimeOutURL"),
            "initiated": office.clock(),
            "state": "Pending",
            "receipt": None,
            "behaviour": asdict(behaviour),
        }
        office.book.put("conversation", originator, conversation)
        if behaviour.callback != "before_ack":
            office.simulation.plan(behaviour.answers_after or 0.0, kind, {"originator": originator})
        return conversation

    def acknowledge(self, conversation: Mapping[str, Any], behaviour: Behaviour) -> Response:
        """The answer to the request."""
        if behaviour.dropped:
            return DroppedResponse()
        return JSONResponse(
            {
                "ConversationID": conversation["conversation"],
                "OriginatorConversationID": conversation["originator"],
                "ResponseCode": "0",
                "ResponseDescription": "Accept the service request successfully.",
            }
        )

    def conclude(
        self, conversation: Mapping[str, Any], result: str, receipt: str, parameters: Mapping[str, Any] | None = None
    ) -> None:
        """Write the result down and plan its callback; belongs into a transaction of the book."""
        office, behaviour = self._office, Behaviour(**conversation["behaviour"])
        state = "Completed" if result == "0" else "Failed"
        office.book.put(
            "conversation",
            conversation["originator"],
            {**conversation, "state": state, "receipt": receipt, "result": result, "finalised": office.clock()},
        )
        body = self.result(conversation, result_code(result, behaviour.codes, conversation["number"]), result, receipt)
        if parameters is not None:
            listed = [
                {"Key": key} if value is None else {"Key": key, "Value": value} for key, value in parameters.items()
            ]
            body["Result"]["ResultParameters"] = {"ResultParameter": listed}
        if behaviour.waits:
            self.report_wait(conversation)
        else:
            office.deliver(conversation["result_url"], body, behaviour)

    def leave_undone(self, conversation: Mapping[str, Any]) -> None:
        """The request waited too long and was never carried out."""
        self._office.book.put("conversation", conversation["originator"], {**conversation, "state": "Expired"})
        self.report_wait(conversation)

    def report_wait(self, conversation: Mapping[str, Any]) -> None:
        """Tell that the request waited too long; whether it was carried out is not said."""
        body = self.result(conversation, 1, "1", "")
        body["Result"]["ResultDesc"] = "The request timed out in the queue."
        headers = {"content-type": "application/json"}
        self._office.simulation.notify(_QUEUED, conversation["timeout_url"], json.dumps(body), headers)

    def result(self, conversation: Mapping[str, Any], code: int | str, result: str, receipt: str) -> dict[str, Any]:
        """The body of a result callback."""
        item = {"Key": "QueueTimeoutURL", "Value": "https://internalsandbox.example/results/v1/submit"}
        return {
            "Result": {
                "ResultType": 0,
                "ResultCode": code,
                "ResultDesc": result_desc(result),
                "OriginatorConversationID": conversation["originator"],
                "ConversationID": conversation["conversation"],
                "TransactionID": receipt,
                "ReferenceData": {"ReferenceItem": item},
            }
        }

    def _trusted(self, merchant: Merchant, fields: Fields, name: str) -> bool:
        password = self._keys.decrypted(fields.text("SecurityCredential", 4096))
        return fields.text(name) == merchant.initiator_name and password == merchant.initiator_password
