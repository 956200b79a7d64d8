"""Calls Daraja with the shared token, and sorts its answers by what they say of the call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..contract import ProbeError
from ..http_client import LostError, NotSentError, ProviderHttp, Reply
from . import reading
from .account import Account
from .tokens import EARLY, Token, Tokens, TokensUnavailableError, owner_of

_OAUTH = "/oauth/v1/generate"
_TOKEN_CODES = frozenset({"404.001.03", "404.001.04", "400.003.01", "401.003.01", "401.002.01"})
_THROTTLED = ("spike arrest", "quota violation")
_TRIES = 5
_SHORTEST_LIFE = 60.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """Daraja answered the call itself."""

    document: reading.Document = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """An error answer in Daraja's envelope: `code` and `message` as it wrote them."""

    status: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class NotDone:
    """The call was not carried out, and may be repeated."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Whether the call was carried out cannot be told."""

    reason: str


Answer: TypeAlias = Accepted | Refused | NotDone | Lost


class TokenError(Exception):
    """Daraja gives no token; the message says why, without the credentials."""


class Daraja:
    """Calls to one Daraja; `pushes` never uses a connection twice: an STK push or a reversal cannot be repeated."""

    def __init__(self, http: ProviderHttp, pushes: ProviderHttp, tokens: Tokens) -> None:
        self._http = http
        self._pushes = pushes
        self._tokens = tokens

    async def push(self, account: Account, path: str, body: Mapping[str, object]) -> Answer:
        """A call that must not be carried out twice."""
        return await self._call(self._pushes, account, path, body)

    async def call(self, account: Account, path: str, body: Mapping[str, object]) -> Answer:
        """A call that moves nothing, or that Daraja recognises when it is repeated."""
        return await self._call(self._http, account, path, body)

    async def probe(self, account: Account) -> None:
        """Ask for a token unless there is one. Raises ProbeError."""
        try:
            await self._tokens.get(_owner(account), lambda: self._obtain(account))
        except (TokenError, TokensUnavailableError) as error:
            raise ProbeError(str(error)) from None

    @property
    def connections(self) -> Sequence[ProviderHttp]:
        """Those of payments, which are never used twice, and those of everything else."""
        return (self._http, self._pushes)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()
        await self._pushes.close()

    async def _call(self, http: ProviderHttp, account: Account, path: str, body: Mapping[str, object]) -> Answer:
        """A call whose token was not accepted was not carried out: it is repeated with the one that is."""
        owner, rejected = _owner(account), None
        for _ in range(_TRIES):
            try:
                token = await self._token(account, owner, rejected)
            except (TokenError, TokensUnavailableError) as error:
                return NotDone(str(error))
            try:
                reply = await http.request(
                    "POST",
                    account.configuration.base_url + path,
                    headers={"authorization": f"Bearer {token.value}"},
                    json=body,
                )
            except NotSentError as error:
                return NotDone(str(error))
            except LostError as error:
                return Lost(str(error))
            answer = _sorted(reply)
            if not _is_token_refusal(reply, answer):
                return answer
            rejected = token
        return NotDone("M-Pesa does not accept its own tokens")

    async def _token(self, account: Account, owner: str, rejected: Token | None) -> Token:
        if rejected is None:
            return await self._tokens.get(owner, lambda: self._obtain(account))
        return await self._tokens.after(rejected, owner, lambda: self._obtain(account))

    async def _obtain(self, account: Account) -> Token:
        url = account.configuration.base_url + _OAUTH
        asked_at = self._tokens.now()
        try:
            reply = await self._http.request(
                "GET", url, params={"grant_type": "client_credentials"}, basic=account.basic
            )
        except (NotSentError, LostError) as error:
            raise TokenError(str(error)) from None
        document = reply.document() or {}
        value, lifetime = reading.text(document, "access_token"), reading.text(document, "expires_in")
        if reply.status != 200 or value is None or lifetime is None or not lifetime.isdigit():
            code = reading.code(document, "errorCode") or f"status {reply.status}"
            raise TokenError(f"M-Pesa gives no token ({code}): check consumer_key and consumer_secret")
        return Token(value, asked_at + max(min(float(lifetime[:9]), 86400.0) - EARLY, _SHORTEST_LIFE))


def _sorted(reply: Reply) -> Answer:
    document = reply.document()
    if document is None:
        return Lost(f"M-Pesa's answer (status {reply.status}) is no JSON object")
    code = reading.code(document, "errorCode")
    if code is not None:
        message = reading.text(document, "errorMessage") or ""
        if any(each in message.lower() for each in _THROTTLED):
            return NotDone(f"M-Pesa does not take more calls now ({code})")
        return Refused(reply.status, code, message)
    if reply.status == 200:
        return Accepted(document)
    if "fault" in document:
        return _fault(reply.status, document)
    return Lost(f"M-Pesa answered with status {reply.status}")


def _fault(status: int, document: Mapping[str, Any]) -> Answer:
    """What the API gateway before Daraja says; it lets nothing through that it complains of."""
    found: object = document["fault"]
    text = reading.text(found, "faultstring") if isinstance(found, Mapping) else None  # pyright: ignore[reportUnknownArgumentType]
    if status in {401, 403, 404, 429} or any(each in (text or "").lower() for each in _THROTTLED):
        return NotDone(f"M-Pesa's API gateway refused the call (status {status}): {(text or 'no reason given')[:100]}")
    return Lost(f"M-Pesa's API gateway failed (status {status})")


def _is_token_refusal(reply: Reply, answer: Answer) -> bool:
    if isinstance(answer, Refused):
        return answer.code in _TOKEN_CODES
    return reply.status == 401 and b"apiproduct" not in reply.body.lower()


def _owner(account: Account) -> str:
    return owner_of(account.configuration.base_url, *account.basic)
