"""The channels of the realtime feed: what each is called, and who may listen to it."""

import re
from dataclasses import dataclass

from .call import Account
from .problems import ProblemError

SCOPE = "payments:read"

_NAME = re.compile(r"(events|(transaction|user)/[A-Za-z0-9_-]{1,255})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Channel:
    """One of `events` (everything of the account), `transaction` and `user`, the latter two with their subject."""

    kind: str
    subject: str = ""

    @property
    def name(self) -> str:
        """As in paths and tickets: `events`, `transaction/pi_1`, `user/cus_1`."""
        return f"{self.kind}/{self.subject}" if self.subject else self.kind


def parse(name: str) -> Channel | None:
    """The channel of this name; None if there is none such."""
    if _NAME.fullmatch(name) is None:
        return None
    kind, _, subject = name.partition("/")
    return Channel(kind, subject)


def check(channel: Channel, account: Account) -> None:
    """Raise ProblemError (403) unless the caller may listen, as far as that can be told without looking it up.

    A token that was made for a customer hears of that customer only; whose a transaction is must be looked up.
    """
    if SCOPE not in account.scopes:
        raise ProblemError("scope_missing", f"This key lacks the scope {SCOPE}: use one that has it.")
    if account.subject is None or channel.kind == "transaction":
        return
    if channel.kind != "user" or channel.subject != account.subject:
        raise ProblemError("account_forbidden", "This token is for one customer: listen to that one.")
