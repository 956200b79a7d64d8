# Written by scripts/sync_half from aio/balance.py; edit that file.
"""What there is to pay out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._front_door import front_door

if TYPE_CHECKING:
    from molam_api.models import Balance
    from molam_sdk._calls.caller import Caller


class BalanceResource:
    """Methods of `client.balance`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @front_door
    def retrieve(self) -> Balance:
        """Return the balance per currency: available, pending and reserved.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.balance import retrieve_balance

        return self._caller.call(retrieve_balance)
