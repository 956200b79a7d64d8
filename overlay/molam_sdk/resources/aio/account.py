"""The account that the key belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._front_door import async_front_door

if TYPE_CHECKING:
    from molam_api.models import Account
    from molam_sdk._calls.async_caller import AsyncCaller


class AsyncAccountResource:
    """Methods of `client.account`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def retrieve(self) -> Account:
        """Return the account, its home region and what it may do.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.account import retrieve_account

        return await self._caller.call(retrieve_account)
