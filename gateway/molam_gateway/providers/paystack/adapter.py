"""The adapter to Paystack."""

import math
import re
import time
from collections.abc import Callable, Mapping, Sequence

from ...domain.attempts import AttemptKind
from ...domain.money import AmountRules
from ...domain.outcomes import Failed, Outcome
from .. import departure
from ..configuration import Configuration, ConfigurationError, Setting
from ..contract import Capabilities, Instruction, ProbeError, SandboxControls
from ..http_client import ProviderHttp
from ..inbound import Acknowledgement, Message, Report
from . import webhooks
from .api import INTEGRATION, SECRET_KEY, Data, PaystackApi, Refusal
from .charges import AUTHORIZATION, CALLBACK_URL, CHECKOUT, CHECKOUT_TIMEOUT, MOBILE_MONEY, Charges
from .refunds import Refunds
from .transfers import BANK_RECIPIENTS, Transfers, recipient_type

NAME = "paystack"
BASE_URL = "https://api.paystack.co"

_AUTHORIZATION_CODE = re.compile(rf"{AUTHORIZATION}[A-Za-z0-9_]{{1,64}}", re.ASCII)
_URL = r"https://[\x21-\x7e]{1,2000}"
_CURRENCIES = frozenset({"GHS", "KES", "NGN", "USD", "ZAR"})
"""All of them in hundredths, like ours. XOF is left out: whether Paystack counts it in francs or in hundredths of
francs is not documented, and one of the two charges a hundred times too much."""


class Paystack:
    """Charges, refunds and payouts; `now` is the clock of `Instruction.created_at`, in seconds of unix time."""

    name = NAME
    sandbox: SandboxControls | None = None
    capabilities = Capabilities(
        payment_method_types=("card", "mobile_money"),
        kinds=frozenset({AttemptKind.CHARGE, AttemptKind.REFUND, AttemptKind.PAYOUT}),
        resend_for={AttemptKind.CHARGE: math.inf, AttemptKind.PAYOUT: math.inf},
        queries=frozenset({AttemptKind.CHARGE, AttemptKind.REFUND, AttemptKind.PAYOUT}),
        rules=AmountRules(_CURRENCIES),
        payout_rules=AmountRules(frozenset(BANK_RECIPIENTS)),
        asynchronous=True,
        comes_back=frozenset({AttemptKind.PAYOUT}),
        customer=("email",),
        default_payment_method=CHECKOUT,
        settings=(
            Setting(SECRET_KEY, "The secret key of the dashboard.", r"sk_[a-z]+_[\x21-\x7e]{8,240}", secret=True),
            Setting(
                INTEGRATION,
                "The integration's number, which the API calls `integration`: it stays when the secret key changes.",
                r"[0-9]{1,12}",
                identity=True,
            ),
            Setting(CALLBACK_URL, "Where customers return to if a payment has no return_url.", _URL, required=False),
            Setting(
                CHECKOUT_TIMEOUT,
                "The payment session timeout of the dashboard, in seconds: after it a page that nobody paid on counts "
                "as refused. Without it such a payment stays open.",
                r"[1-9][0-9]{0,6}",
                required=False,
            ),
        ),
    )

    def __init__(self, http: ProviderHttp | None = None, now: Callable[[], float] = time.time) -> None:
        self._http = http or ProviderHttp(NAME)
        self._api = PaystackApi(self._http)
        self._charges = Charges(self._api, now)
        self._refunds = Refunds(self._api)
        self._transfers = Transfers(self._api)

    @property
    def connections(self) -> Sequence[ProviderHttp]:
        """The connections to the provider, for those who watch over them."""
        return (self._http,)

    def knows(self, payment_method: str) -> bool:
        """The checkout page, a network of mobile money, or an authorization code of an earlier payment."""
        ours = payment_method == CHECKOUT or payment_method in MOBILE_MONEY
        return ours or _AUTHORIZATION_CODE.fullmatch(payment_method) is not None

    def pays_out_to(self, beneficiary: Mapping[str, object], currency: str) -> bool:
        """Banks with their code, and phones with their network, in the currencies of their countries."""
        return recipient_type(beneficiary, currency) is not None

    def base_url(self, *, livemode: bool) -> str:
        """One address for both; the secret key tells them apart."""
        return BASE_URL

    def check(self, settings: Mapping[str, str], secrets: Mapping[str, str], public_url: str) -> None:
        """A public key can neither charge nor sign. Raises ConfigurationError."""
        if not secrets.get(SECRET_KEY, "").startswith("sk_"):
            raise ConfigurationError("secret_key must be the secret key of the dashboard, which begins with sk_")

    async def probe(self, configuration: Configuration) -> None:
        """Ask for the balance. Raises ProbeError."""
        match await self._api.get("/balance", configuration):
            case Data():
                return
            case Refusal(status=status):
                raise ProbeError(f"Paystack answered {status} to the secret_key: check it")
            case unknown:
                raise ProbeError(unknown.reason)

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        """Carry out an instruction and say what came of it."""
        departure.will_be_told()
        match instruction.kind:
            case AttemptKind.CHARGE:
                return _incomplete(instruction) or await self._charges.send(instruction, configuration)
            case AttemptKind.REFUND:
                return await self._refunds.send(instruction, configuration)
            case AttemptKind.PAYOUT:
                return await self._transfers.send(instruction, configuration)
            case _:
                return Failed("parameter_invalid", f"Paystack has no {instruction.kind}.")

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        """What came of an earlier instruction; None if Paystack never saw it."""
        match instruction.kind:
            case AttemptKind.CHARGE:
                return await self._charges.query(instruction, handle, configuration)
            case AttemptKind.REFUND:
                return await self._refunds.query(instruction, handle, configuration)
            case AttemptKind.PAYOUT:
                return await self._transfers.query(instruction, handle, configuration)
            case _:
                return None

    def verify(self, message: Message, configuration: Configuration) -> None:
        """Check that a webhook is signed with the secret key. Raises ForgedError."""
        webhooks.verify(message.body, message.headers, configuration.secret(SECRET_KEY))

    def read(self, message: Message, configuration: Configuration) -> Sequence[Report]:
        """That there is news of a charge or transfer. Raises UnreadableError."""
        return webhooks.read(message.body)

    def acknowledge(self, report: Report | None, *, accepted: bool) -> Acknowledgement:
        """An empty object: anything but 200 would be repeated for three days."""
        return Acknowledgement()

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()


def _incomplete(instruction: Instruction) -> Failed | None:
    customer = instruction.customer or {}
    needed = ("email", "phone") if instruction.payment_method in MOBILE_MONEY else ("email",)
    missing = next((name for name in needed if not customer.get(name)), None)
    if missing is None:
        return None
    return Failed("parameter_missing", f"Paystack needs the customer's {missing}.")
