"""The balance: what the journal says the merchant has."""

from collections.abc import Callable, Mapping

from ..domain import journal
from ..domain.call import Answer, Call
from ..services import Services
from ..storage import balances


async def retrieve_balance(services: Services, call: Call) -> Answer:
    """Per currency what is available, what is still to become so and what is set aside.

    Captured money is available at once, so nothing is ever pending.
    """
    async with services.store.reading() as reader:
        sums = await balances.of_account(reader, call.account.id, call.account.livemode)
    return Answer(
        200,
        {
            "object": "balance",
            "available": _amounts(sums, journal.available),
            "pending": _amounts(sums, _nothing),
            "reserved": _amounts(sums, journal.reserved),
            "livemode": call.account.livemode,
        },
    )


def _amounts(
    sums: Mapping[str, Mapping[str, int]], amount_of: Callable[[Mapping[str, int]], int]
) -> list[dict[str, object]]:
    return [{"amount": amount_of(sums[currency]), "currency": currency} for currency in sorted(sums)]


def _nothing(sums: Mapping[str, int]) -> int:
    return 0
