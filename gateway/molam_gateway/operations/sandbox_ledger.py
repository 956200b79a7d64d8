"""The simulated provider's own book of money movements, the oracle for "charged once"."""

from ..domain.call import Answer, Call
from ..services import Services
from ..storage import payment_intents
from .finding import own
from .sandbox_provider import controls


async def retrieve_sandbox_ledger(services: Services, call: Call) -> Answer:
    """Every movement of the account's money, or of one intent's."""
    intent = call.query.get("payment_intent")
    if intent is not None:
        async with services.store.reading() as reader:
            await own(reader, call, payment_intents.TABLE, str(intent))
    movements = await controls(services).movements(
        call.account.id, call.account.livemode, None if intent is None else str(intent)
    )
    data = list(movements)
    return Answer(
        200, {"object": "list", "data": data, "has_more": False, "next_cursor": None, "url": "/v1/sandbox/ledger"}
    )
