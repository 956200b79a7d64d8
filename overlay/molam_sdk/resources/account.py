# Written by scripts/sync_half from aio/account.py; edit that file.
"""The account that the key belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._front_door import front_door

if TYPE_CHECKING:
    from molam_api.models import Account
    from molam_sdk._calls.caller import Caller


class AccountResource:
    """Methods of `client.account`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @front_door
    def retrieve(self) -> Account:
        """Return the account, its home region and what it may do.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.account import retrieve_account

        return self._caller.call(retrieve_account)
