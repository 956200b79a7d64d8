"""Calls Paystack and takes its answers out of their envelope."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from ...domain.outcomes import NotSent, Unknown
from ..configuration import Configuration
from ..http_client import LostError, NotSentError, ProviderHttp, Reply

SECRET_KEY = "secret_key"  # noqa: S105 - the name of a setting
INTEGRATION = "integration"

_REFUSALS = frozenset({400, 404, 409, 422})
_FORBIDDEN = frozenset({401, 403})
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Data:
    """A success: what was in the envelope."""

    value: object

    def object(self) -> Mapping[str, Any]:
        """The members of the object in the envelope; none if it holds anything else."""
        return members(self.value)

    def list(self) -> list[Mapping[str, Any]] | None:
        """The objects of the list in the envelope; None if it holds anything else."""
        found = self.value
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in cast(list[object], found)):
            return None
        return cast(list[Mapping[str, Any]], found)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Paystack refused this request; `forbidden` if it does not accept the secret key or what it may do."""

    status: int
    code: str
    message: str

    @property
    def forbidden(self) -> bool:
        """Whether it is the key that was refused."""
        return self.status in _FORBIDDEN

    @property
    def missing(self) -> bool:
        """Whether there is no such thing."""
        return self.code.endswith("not_found") or "not found" in self.message.lower()

    @property
    def duplicate(self) -> bool:
        """Whether the reference was used before."""
        text = self.message.lower()
        return self.code == "duplicate_reference" or "duplicate" in text or "unique reference" in text


Answer: TypeAlias = Data | Refusal | Unknown | NotSent


class PaystackApi:
    """Paystack's API under one pool of connections."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    async def post(self, path: str, body: Mapping[str, object], configuration: Configuration) -> Answer:
        """Make something happen, or not."""
        return await self._call("POST", path, configuration, json=body)

    async def get(
        self, path: str, configuration: Configuration, params: Mapping[str, str] | None = None
    ) -> Data | Refusal | Unknown:
        """Look something up; a question that was not sent is as good as one without an answer."""
        answer = await self._call("GET", path, configuration, params=params)
        return Unknown(answer.reason) if isinstance(answer, NotSent) else answer

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _call(
        self,
        method: str,
        path: str,
        configuration: Configuration,
        *,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {configuration.secret(SECRET_KEY)}"}
        try:
            reply = await self._http.request(
                method, configuration.base_url + path, headers=headers, params=params, json=json
            )
        except NotSentError as error:
            return NotSent(str(error))
        except LostError as error:
            return Unknown(str(error))
        return opened(reply)


def members(value: object) -> Mapping[str, Any]:
    """The members of a JSON object, none of anything else."""
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}


def opened(reply: Reply) -> Answer:
    """What is in an answer's envelope; Unknown for whatever is none. Paystack counts calls before it executes them."""
    if reply.status == _TOO_MANY:
        return NotSent("Paystack has had too many calls")
    envelope = reply.document()
    if envelope is None or not isinstance(envelope.get("message"), str):
        return Unknown(f"Paystack answered {reply.status} without its envelope")
    success, code = envelope.get("status"), envelope.get("code")
    if success is True and reply.status in {200, 201}:
        return Data(envelope.get("data"))
    if success is False and reply.status in _REFUSALS | _FORBIDDEN:
        return Refusal(reply.status, code if isinstance(code, str) else "", envelope["message"])
    return Unknown(f"Paystack answered {reply.status}")
