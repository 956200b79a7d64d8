"""M-Pesa in Kenya through Safaricom's Daraja: the adapter."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ...domain.attempts import AttemptKind
from ...domain.outcomes import Failed, Outcome, Unknown
from .. import departure
from ..configuration import Configuration, ConfigurationError
from ..contract import Capabilities, Instruction, ProbeError, SandboxControls
from ..http_client import ProviderHttp
from ..inbound import Acknowledgement, Message, Report
from . import account as accounts
from . import b2c, c2b, callbacks, commands, names, refusals, reversal, status, stk
from .account import SETTINGS, Account
from .amounts import CHARGES, CURRENCY, PAYOUTS
from .credential import Credentials
from .daraja import Daraja, Refused
from .phone import PhoneError, msisdn
from .unfit import Unfit

NAME = "mpesa"
PAYMENT_METHOD = "pm_mpesa"


class MPesa:
    """Payments by STK push, payouts by B2C, refunds by reversal; results come by callbacks that nobody signs."""

    name = NAME
    capabilities = Capabilities(
        payment_method_types=("mobile_money",),
        kinds=frozenset({AttemptKind.CHARGE, AttemptKind.REFUND, AttemptKind.PAYOUT}),
        resend_for={AttemptKind.PAYOUT: b2c.RECOGNISED},
        queries=frozenset({AttemptKind.PAYOUT}),
        rules=CHARGES,
        payout_rules=PAYOUTS,
        partial_refund=False,
        asynchronous=True,
        signed_callbacks=False,
        customer=("phone",),
        customer_initiated=True,
        default_payment_method=PAYMENT_METHOD,
        settings=SETTINGS,
    )
    sandbox: SandboxControls | None = None

    def __init__(self, daraja: Daraja, live_url: str, sandbox_url: str, now: Callable[[], datetime]) -> None:
        self._daraja = daraja
        self._live_url = live_url
        self._sandbox_url = sandbox_url
        self._now = now
        self._credentials = Credentials()

    @property
    def connections(self) -> Sequence[ProviderHttp]:
        """The connections to the provider, for those who watch over them."""
        return self._daraja.connections

    def knows(self, payment_method: str) -> bool:
        """There is one: the customer's phone number says the rest."""
        return payment_method == PAYMENT_METHOD

    def pays_out_to(self, beneficiary: Mapping[str, object], currency: str) -> bool:
        """Kenyan mobile numbers, unless another network is asked for."""
        if currency != CURRENCY or beneficiary.get("type") != "mobile_money":
            return False
        try:
            msisdn(str(beneficiary.get("phone", "")))
        except PhoneError:
            return False
        return beneficiary.get("network") in {None, NAME}

    def base_url(self, *, livemode: bool) -> str:
        """Daraja, or its sandbox or simulator."""
        return self._live_url if livemode else self._sandbox_url

    def check(self, settings: Mapping[str, str], secrets: Mapping[str, str], public_url: str) -> None:
        """Refuse addresses that Daraja would, and unusable certificates. Raises ConfigurationError."""
        accounts.check(settings, secrets, public_url)

    async def probe(self, configuration: Configuration) -> None:
        """Ask for a token, and register for customer-initiated payments if they are on. Raises ProbeError."""
        account = self._account(configuration)
        await self._daraja.probe(account)
        if account.c2b is None:
            return
        if configuration.callback_url is None:
            raise ProbeError("customer-initiated payments need an address of the configuration's own")
        body = c2b.registration(account, configuration.callback_url, account.c2b)
        c2b.registered(await self._daraja.call(account, c2b.REGISTER, body))

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        """Carry out an instruction and say what came of it."""
        departure.will_be_told()
        account = self._account(configuration)
        callback = instruction.callback_url
        try:
            if callback is None:
                return refusals.not_set_up(instruction.kind, "no callback address")
            match instruction.kind:
                case AttemptKind.CHARGE:
                    return await self._push(instruction, account, callback)
                case AttemptKind.PAYOUT:
                    return await self._pay_out(instruction, account, callback)
                case AttemptKind.REFUND:
                    return await self._reverse(instruction, account, callback)
                case _:
                    return Failed("card_declined", f"M-Pesa has no {instruction.kind}.", "invalid_request")
        except ConfigurationError:
            return refusals.not_set_up(instruction.kind, None)

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        """What came of an earlier instruction; None if only sending it again can tell."""
        account = self._account(configuration)
        try:
            if instruction.kind == AttemptKind.CHARGE:
                return await self._found(instruction, handle, account)
            if handle is None and instruction.kind == AttemptKind.REFUND:
                return Unknown("M-Pesa can be asked for a reversal only by its conversation, which did not arrive")
            if handle is None and self._age(instruction) < b2c.RECOGNISED:
                return None
            handle = handle or names.conversation_id(instruction.reference)
            return await self._asked(instruction, handle, account)
        except ConfigurationError as error:
            return Unknown(str(error))

    def verify(self, message: Message, configuration: Configuration) -> None:
        """Check what can be checked of a message that nobody signs. Raises ForgedError."""
        callbacks.verify(message, self._account(configuration))

    def read(self, message: Message, configuration: Configuration) -> Sequence[Report]:
        """What a callback says. Raises UnreadableError."""
        return callbacks.read(message, self._account(configuration))

    def acknowledge(self, report: Report | None, *, accepted: bool) -> Acknowledgement:
        """What Daraja is answered."""
        return callbacks.acknowledge(report, accepted=accepted)

    async def close(self) -> None:
        """Close the connections."""
        await self._daraja.close()

    async def _push(self, instruction: Instruction, account: Account, callback: str) -> Outcome:
        body = stk.request(instruction, account, f"{callback}/{callbacks.STK}", self._now())
        if isinstance(body, Unfit):
            return body.outcome
        return stk.sent(await self._daraja.push(account, stk.PUSH, body), stk.prompt(instruction, account))

    async def _pay_out(self, instruction: Instruction, account: Account, callback: str) -> Outcome:
        body = b2c.request(instruction, account, callback)
        if isinstance(body, Unfit):
            return body.outcome
        answer = await self._daraja.call(account, b2c.PAY, body)
        handle = names.conversation_id(instruction.reference)
        if isinstance(answer, Refused) and refusals.is_duplicate(answer):
            return await self._asked(instruction, handle, account)
        return commands.sent(AttemptKind.PAYOUT, answer, handle)

    async def _reverse(self, instruction: Instruction, account: Account, callback: str) -> Outcome:
        body = reversal.request(instruction, account, callback)
        if isinstance(body, Unfit):
            return body.outcome
        return commands.sent(AttemptKind.REFUND, await self._daraja.push(account, reversal.REVERSE, body), None)

    async def _found(self, instruction: Instruction, handle: str | None, account: Account) -> Outcome:
        if handle is None:
            return Unknown("M-Pesa can be asked for a push only by the CheckoutRequestID, which did not arrive")
        body = {**account.stamp(self._now()), "CheckoutRequestID": handle}
        answer = await self._daraja.call(account, stk.QUERY, body)
        number = (instruction.customer or {}).get("phone")
        return stk.found(answer, handle, self._age(instruction), stk.prompt(instruction, account), number)

    async def _asked(self, instruction: Instruction, handle: str, account: Account) -> Outcome:
        if instruction.callback_url is None:
            return Unknown("M-Pesa answers the question by a callback, which has no address")
        body = status.request(account, handle, instruction.callback_url)
        return status.asked(await self._daraja.call(account, status.STATUS, body), handle, self._age(instruction))

    def _age(self, instruction: Instruction) -> float:
        return self._now().timestamp() - instruction.created_at / 1000

    def _account(self, configuration: Configuration) -> Account:
        return Account(configuration, self._credentials)
