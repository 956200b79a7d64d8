"""CPay over HTTP: the same provider as the sandbox's, reached as a foreign one is."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from ..domain.attempts import AttemptKind
from ..domain.outcomes import Failed, NotSent, Outcome, Unknown
from . import departure, molam_signature
from .configuration import Configuration, ConfigurationError, Setting
from .contract import Capabilities, Instruction, ProbeError, SandboxControls
from .cpay_outcomes import outcome_of, refused
from .http_client import LostError, NotSentError, ProviderHttp, Reply
from .inbound import Acknowledgement, Message, News, Report, UnreadableError
from .simulators.cpay_behaviour import PAYMENT_METHODS

NAME = "cpay_http"
API_KEY = "api_key"
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - the name of a setting

_REFUSED = frozenset({400, 404, 409, 422})
_FORBIDDEN = frozenset({401, 403})


class CPayHttp:
    """The adapter to CPay's HTTP API; `now` is real time in seconds of unix time."""

    name = NAME
    sandbox: SandboxControls | None = None
    capabilities = Capabilities(
        payment_method_types=("card",),
        resend_for=dict.fromkeys(AttemptKind, math.inf),
        asynchronous=True,
        comes_back=frozenset({AttemptKind.REFUND, AttemptKind.PAYOUT}),
        default_payment_method="pm_cpay_ok",
        settings=(
            Setting(API_KEY, "The key that CPay gave you.", r"[\x21-\x7e]{8,255}", secret=True),
            Setting(WEBHOOK_SECRET, "What CPay signs its webhooks with.", r"[\x21-\x7e]{8,255}", secret=True),
        ),
    )

    def __init__(self, http: ProviderHttp, base_url: str, now: Callable[[], float]) -> None:
        self._http = http
        self._base_url = base_url
        self._now = now

    @property
    def connections(self) -> Sequence[ProviderHttp]:
        """The connections to the provider, for those who watch over them."""
        return (self._http,)

    def knows(self, payment_method: str) -> bool:
        """Whether it is one of the documented tokens."""
        return payment_method in PAYMENT_METHODS

    def pays_out_to(self, beneficiary: Mapping[str, object], currency: str) -> bool:
        """Everybody, in every currency."""
        return True

    def base_url(self, *, livemode: bool) -> str:
        """Where the simulator is served."""
        return self._base_url

    def check(self, settings: Mapping[str, str], secrets: Mapping[str, str], public_url: str) -> None:
        """The API key and the webhook secret must be two. Raises ConfigurationError."""
        if secrets.get(API_KEY) == secrets.get(WEBHOOK_SECRET):
            raise ConfigurationError("webhook_secret must not be the api_key: copy each from where CPay shows it")

    async def probe(self, configuration: Configuration) -> None:
        """Ask for an operation that cannot be. Raises ProbeError."""
        try:
            reply = await self._get("probe", configuration)
        except (NotSentError, LostError) as error:
            raise ProbeError(str(error)) from None
        if _error_code(reply) != "operation_missing":
            raise ProbeError(f"CPay answered {reply.status} to the api_key: check it")

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        """Carry out an instruction and say what came of it."""
        departure.will_be_told()
        try:
            reply = await self._http.request(
                "POST",
                f"{configuration.base_url}/v1/operations",
                headers=_authorization(configuration),
                json=_members(instruction),
            )
        except NotSentError as error:
            return NotSent(str(error))
        except LostError as error:
            return Unknown(str(error))
        return self._outcome(reply, instruction, configuration)

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        """What came of an earlier instruction; None if CPay never saw it."""
        try:
            reply = await self._get(instruction.reference, configuration)
        except (NotSentError, LostError) as error:
            return Unknown(str(error))
        if reply.status == 200:
            return self._outcome(reply, instruction, configuration)
        if reply.status == 404 and _error_code(reply) == "operation_missing":
            return None
        return Unknown(f"CPay answered {reply.status}")

    def verify(self, message: Message, configuration: Configuration) -> None:
        """Check that a webhook is signed with the configured secret. Raises ForgedError."""
        header = message.headers.get(molam_signature.HEADER)
        molam_signature.verify(header, message.body, configuration.secret(WEBHOOK_SECRET), self._now())

    def read(self, message: Message, configuration: Configuration) -> Sequence[Report]:
        """That there is news of an operation. Raises UnreadableError."""
        try:
            event = json.loads(message.body)
            key, type, reference = event["id"], event["type"], event["data"]["reference"]
        except (ValueError, RecursionError, KeyError, TypeError):
            raise UnreadableError("CPay's webhooks are objects with id, type and data.reference") from None
        if not all(isinstance(each, str) for each in (key, type, reference)):
            raise UnreadableError("CPay's webhooks name their event and operation as text")
        return (News(key, reference=reference),) if type == "operation.updated" else ()

    def acknowledge(self, report: Report | None, *, accepted: bool) -> Acknowledgement:
        """An empty object."""
        return Acknowledgement()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _get(self, reference: str, configuration: Configuration) -> Reply:
        url = f"{configuration.base_url}/v1/operations/{reference}"
        return await self._http.request("GET", url, headers=_authorization(configuration))

    def _outcome(self, reply: Reply, instruction: Instruction, configuration: Configuration) -> Outcome:
        if reply.status in _FORBIDDEN:
            return Failed("provider_unavailable", "CPay does not accept the api_key.", provider_code=str(reply.status))
        code = _error_code(reply)
        if reply.status in _REFUSED and code is not None:
            return refused(code)
        document = reply.document()
        if reply.status != 200 or document is None:
            return Unknown(f"CPay answered {reply.status} with something else than an operation")
        return _read(document, instruction, configuration)


def _read(operation: Mapping[str, Any], instruction: Instruction, configuration: Configuration) -> Outcome:
    wanted = (instruction.reference, instruction.amount, instruction.currency, instruction.kind)
    found = tuple(operation.get(name) for name in ("reference", "amount", "currency", "kind"))
    status, transaction_id = operation.get("status"), operation.get("transaction_id")
    news, reason = operation.get("news_in_ms"), operation.get("decline_code")
    if found != wanted or not isinstance(status, str) or not isinstance(transaction_id, str):
        return Unknown("CPay answered with another operation than asked for")
    return outcome_of(
        instruction.kind,
        status,
        transaction_id,
        decline_code=reason if isinstance(reason, str) else None,
        action_url=f"{configuration.base_url}/actions/{operation.get('action_token')}",
        queued=operation.get("queued") is True,
        poll_after=news / 1000 if isinstance(news, int) and news > 0 else 1.0,
    )


def _members(instruction: Instruction) -> dict[str, object]:
    names = (
        "kind", "reference", "account_id", "livemode", "amount", "currency", "parent_reference", "payment_method",
        "beneficiary", "payment_intent", "charge", "refund", "payout",
    )  # fmt: skip
    return {name: value for name in names if (value := getattr(instruction, name)) is not None}


def _authorization(configuration: Configuration) -> dict[str, str]:
    return {"Authorization": f"Bearer {configuration.secret(API_KEY)}"}


def _error_code(reply: Reply) -> str | None:
    error = (reply.document() or {}).get("error")
    code = cast(dict[str, object], error).get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None
