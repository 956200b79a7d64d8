"""The account that the key belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from molam_api.models import Account
    from molam_sdk._async_client import AsyncCaller


class AsyncAccountResource:
    """Methods of `client.account`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def retrieve(self) -> Account:
        """Return the account, its home region and what it may do.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.account import retrieve_account

        return await self._caller.call(retrieve_account)
