"""The customer's decision on the sandbox's redirect page."""

from dataclasses import dataclass

from ..reconcile import review
from ..services import Services
from ..storage import payment_intents as intent_rows
from .sandbox_provider import simulator
from .settlement import rows


@dataclass(frozen=True, slots=True)
class Action:
    """What the page shows: the payment, whether it still waits, and where the customer goes next."""

    payment_intent: str
    amount: int
    currency: str
    status: str
    open: bool
    return_url: str | None
    cancel_url: str | None


async def find_action(services: Services, token: str) -> Action | None:
    """The payment that waits for the customer at this address, None for an unknown one."""
    operation = await simulator(services).waiting(token)
    if operation is None:
        return None
    async with services.store.transaction() as tx:
        intent = await rows.locked(tx, intent_rows.TABLE, operation.payment_intent)
    return Action(
        intent.id,
        intent.amount,
        intent.currency,
        intent.status,
        operation.status == "action",
        intent.return_url,
        intent.cancel_url,
    )


async def resolve_action(services: Services, token: str, *, approve: bool) -> Action | None:
    """Approve or refuse, and bring the intent to where that puts it; None for an unknown address.

    A second decision changes nothing.
    """
    operation = await simulator(services).act(token, approve=approve)
    if operation is None:
        return None
    await review(services, operation.reference)
    services.wake()
    return await find_action(services, token)
