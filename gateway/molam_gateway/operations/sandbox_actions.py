"""The customer's decision on the sandbox's redirect page."""

from dataclasses import dataclass

from ..services import Services
from ..storage import payment_intents as intent_rows
from .reconciliation import review
from .sandbox_provider import controls
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
    found = await controls(services).find_action(token)
    if found is None:
        return None
    async with services.store.transaction() as tx:
        intent = await rows.locked(tx, intent_rows.TABLE, found.payment_intent)
    return Action(
        intent.id,
        intent.amount,
        intent.currency,
        intent.status,
        found.undecided,
        intent.return_url,
        intent.cancel_url,
    )


async def resolve_action(services: Services, token: str, *, approve: bool) -> Action | None:
    """Approve or refuse, and bring the intent to where that puts it; None for an unknown address.

    A second decision changes nothing.
    """
    decided = await controls(services).act(token, approve=approve)
    if decided is None:
        return None
    await review(services, decided.reference)
    services.wake()
    return await find_action(services, token)
