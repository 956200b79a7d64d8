"""Lets a caller in: knows who it is, and how often it may ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..access.accepted import Accepted
from ..access.allowance import Limiter
from ..access.refusals import Refusals, RefusedError
from ..domain.call import Account
from ..domain.problems import ProblemError
from ..domain.sources import source_of
from .auth import Authenticator
from .spec import Operation

_TOKENS = "gateway_tokens"
_KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A caller who may go on, and what the answer tells of its rate limit."""

    account: Account
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Admission:
    """Authenticates before anything else is looked at, and counts.

    Reads and writes are counted by API key, the making of tokens and refused credentials by address. Refusals beyond
    `refused` are answered 429, so that guessing costs time; beyond `flood` nothing of that address is looked up but
    credentials that were good here a moment ago, so that guessing costs the database nothing either. Whoever has such
    a credential behind the same address is not affected.
    """

    def __init__(self, authenticator: Authenticator, limiter: Limiter, *, livemode: bool) -> None:
        self._authenticator = authenticator
        self._limiter = limiter
        self._livemode = livemode
        self._refusals = Refusals(limiter, _KEYS)
        self._accepted = Accepted()

    async def admit(self, operation: Operation, fields: Mapping[str, str], address: str | None) -> Admitted:
        """The account behind the key; a stranger, who has no id and no scopes, where no key is needed.

        Raises ProblemError: 401, 403 or 429.
        """
        if operation.tag == _TOKENS:
            allowance = await self._limiter.take("auth", source_of(address))
            if allowance is not None and not allowance.admitted:
                raise RefusedError(allowance)
        if operation.takes_strangers and not (operation.takes_keys and "authorization" in fields):
            return Admitted(Account("", self._livemode))
        account = await self.known(fields, address)
        name = "read" if operation.method == "GET" else "write"
        allowance = await self._limiter.take(name, account.actor.id or account.id)
        if allowance is None:
            return Admitted(account)
        if not allowance.admitted:
            raise RefusedError(allowance)
        return Admitted(account, allowance.headers)

    async def known(self, fields: Mapping[str, str], address: str | None) -> Account:
        """The account behind the key. Raises ProblemError: 401, 403, or 429 where too many were refused."""
        credential = fields.get("authorization", "")
        if not self._accepted.holds(credential):
            await self.check(address)
        try:
            account = await self._authenticator.authenticate(fields)
        except ProblemError as refused:
            if refused.status != 401:
                raise
            self._accepted.drop(credential)
            raise (await self._refusals.note(address) or refused) from None
        self._accepted.add(credential)
        return account

    async def check(self, address: str | None) -> None:
        """Raise RefusedError (429) where credentials from this address are not even looked up."""
        await self._refusals.check(address)
