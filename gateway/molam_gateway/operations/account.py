"""The account that a key belongs to."""

from ..domain.call import Answer, Call
from ..domain.problems import ProblemError
from ..services import Services
from ..storage import accounts


async def retrieve_account(services: Services, call: Call) -> Answer:
    """The caller's own account."""
    async with services.store.reading() as reader:
        account = await accounts.find(reader, call.account.id)
    if account is None:
        raise ProblemError("resource_missing", f"There is no account {call.account.id}.")
    return Answer(
        200,
        {
            "object": "account",
            "id": account.id,
            "molam_id": account.molam_id,
            "home_region": account.home_region,
            "livemode": call.account.livemode,
            "capabilities": list(account.capabilities),
        },
    )
