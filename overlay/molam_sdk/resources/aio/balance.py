"""What there is to pay out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._front_door import async_front_door

if TYPE_CHECKING:
    from molam_api.models import Balance
    from molam_sdk._calls.async_caller import AsyncCaller


class AsyncBalanceResource:
    """Methods of `client.balance`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def retrieve(self) -> Balance:
        """Return the balance per currency: available, pending and reserved.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.balance import retrieve_balance

        return await self._caller.call(retrieve_balance)
