"""Lets a caller in: knows who it is, and how often it may ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from ..access.allowance import Allowance, Limiter
from ..domain.call import Account
from ..domain.problems import ProblemError
from .auth import Authenticator
from .spec import Operation

_TOKENS = "gateway_tokens"
_NOBODY = "unknown"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A caller who may go on, and what the answer tells of its rate limit."""

    account: Account
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class RefusedError(ProblemError):
    """429, with the headers that tell of the limit."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(
            "rate_limited",
            f"More than {allowance.quota} calls in {allowance.window} s: wait as long as Retry-After says.",
            retry_after=max(1, ceil(allowance.resets_after)),
        )
        self.headers = allowance.headers


class Admission:
    """Authenticates before anything else is looked at, and counts.

    Reads and writes are counted by API key, the making of tokens and refused credentials by address. Refusals beyond
    the limit are answered 429, so that guessing costs time; whoever has a good key behind the same address is not
    affected. What providers send is never limited here, since they would not send it again.
    """

    def __init__(self, authenticator: Authenticator, limiter: Limiter, *, livemode: bool) -> None:
        self._authenticator = authenticator
        self._limiter = limiter
        self._livemode = livemode

    async def admit(self, operation: Operation, fields: Mapping[str, str], address: str | None) -> Admitted:
        """The account behind the key; a stranger, who has no id and no scopes, where no key is needed.

        Raises ProblemError: 401, 403 or 429.
        """
        if operation.tag == _TOKENS:
            allowance = await self._limiter.take("auth", address or _NOBODY)
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
        try:
            return await self._authenticator.authenticate(fields)
        except ProblemError as refused:
            if refused.status != 401:
                raise
            allowance = await self._limiter.take("refused", address or _NOBODY)
            if allowance is None or allowance.admitted:
                raise
            raise RefusedError(allowance) from None
