"""The adapter to Stripe: cards by PaymentIntents, their captures, voids and refunds."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...domain.attempts import AttemptKind
from ...domain.card_data import contains_card_number
from ...domain.money import AmountRules
from ...domain.outcomes import Failed, NotSent, Outcome, Pending, Unknown
from ...domain.times import milliseconds
from .. import departure
from ..configuration import Configuration
from ..contract import Capabilities, Instruction, ProbeError, SandboxControls
from ..http_client import LostError, NotSentError, ProviderHttp, Reply
from ..inbound import Acknowledgement, Message, Report
from . import answers, forms, refusals, webhooks
from .api import Api, Unanswered
from .currencies import RULES, AmountError
from .settings import ACCOUNT, SECRET_KEY, SETTINGS, WEBHOOK_SECRETS

NAME = "stripe"
BASE_URL = "https://api.stripe.com"
KINDS = frozenset(AttemptKind) - {AttemptKind.PAYOUT}
RESEND_FOR = 23 * 3600.0
"""Stripe may forget an idempotency key after 24 hours."""

FIRST_SEND = 20.0
"""Seconds after which an instruction may have been sent before."""

_REPLAYED = "idempotent-replayed"
_TOKEN = re.compile(r"(?:pm|tok)_(?!cpay_)[A-Za-z0-9_]{1,250}")


class Stripe:
    """Payments carry our reference as idempotency key and as metadata, by which they are found again.

    `now` is business time, by which instructions age; `real_now` (seconds of unix time) is what signatures are
    compared with.
    """

    name = NAME
    capabilities = Capabilities(
        payment_method_types=("card",),
        kinds=KINDS,
        resend_for=dict.fromkeys(KINDS, RESEND_FOR),
        queries=KINDS,
        rules=RULES,
        payout_rules=AmountRules(currencies=frozenset()),
        asynchronous=True,
        comes_back=frozenset({AttemptKind.REFUND}),
        settings=SETTINGS,
    )
    sandbox: SandboxControls | None = None

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        real_now: Callable[[], float] = time.time,
        http: ProviderHttp | None = None,
    ) -> None:
        self._now = now
        self._real_now = real_now
        self._http = http or ProviderHttp(NAME)
        self._api = Api(self._http)

    @property
    def connections(self) -> Sequence[ProviderHttp]:
        """The connections to the provider, for those who watch over them."""
        return (self._http,)

    def knows(self, payment_method: str) -> bool:
        """Whether it is a token of Stripe's; a card number never is one."""
        return _TOKEN.fullmatch(payment_method) is not None and not contains_card_number(payment_method)

    def pays_out_to(self, beneficiary: Mapping[str, object], currency: str) -> bool:
        """Nobody: Stripe pays out to the merchant's own bank account only."""
        return False

    def base_url(self, *, livemode: bool) -> str:
        """One address; the key decides whether money is real."""
        return BASE_URL

    def check(self, settings: Mapping[str, str], secrets: Mapping[str, str], public_url: str) -> None:
        """The patterns tell everything."""

    async def probe(self, configuration: Configuration) -> None:
        """Read the account that the key belongs to. Raises ProbeError."""
        if ("_live_" in configuration.secret(SECRET_KEY)) is not configuration.livemode:
            raise ProbeError(f"{SECRET_KEY} is of the other mode")
        try:
            account = await self._api.get("account", configuration)
        except (NotSentError, LostError) as error:
            raise ProbeError(str(error)) from None
        except Unanswered as refusal:
            raise ProbeError(_probed(refusal.reply)) from None
        if account.get("id") != configuration.setting(ACCOUNT):
            raise ProbeError(f"{SECRET_KEY} belongs to another account than {ACCOUNT}")

    async def send(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        """Carry out an instruction and say what came of it."""
        departure.will_be_told()
        try:
            match instruction.kind:
                case AttemptKind.CHARGE | AttemptKind.AUTHORIZE:
                    return await self._pay(instruction, configuration)
                case AttemptKind.CAPTURE | AttemptKind.VOID | AttemptKind.REFUND:
                    return await self._change(instruction, configuration)
                case AttemptKind.PAYOUT:
                    return Failed("payouts_unsupported", "Stripe does not pay out to others.")
        except AmountError as error:
            return Failed("amount_not_representable", f"{error}.")
        except NotSentError as error:
            return NotSent(str(error))
        except LostError as error:
            return Unknown(str(error))

    async def query(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        """What came of an earlier instruction; None if Stripe never saw it and it can be sent again."""
        try:
            found = await self._look(instruction, handle, configuration)
        except NotSentError as error:
            return NotSent(str(error))
        except LostError as error:
            return Unknown(str(error))
        except Unanswered as refusal:
            return Unknown(str(refusal))
        if found is None and self._age(instruction) >= RESEND_FOR:
            return Unknown("Stripe does not show it, and has forgotten the idempotency key")
        return found

    def verify(self, message: Message, configuration: Configuration) -> None:
        """Check the signature. Raises ForgedError."""
        secrets = [secret for secret in configuration.secrets.get(WEBHOOK_SECRETS, "").split(",") if secret]
        webhooks.verify(message.body, message.headers.get("stripe-signature"), secrets, self._real_now())

    def read(self, message: Message, configuration: Configuration) -> Sequence[Report]:
        """Which instructions are to be asked for. Raises UnreadableError."""
        return webhooks.read(message.body, configuration.setting(ACCOUNT), livemode=configuration.livemode)

    def acknowledge(self, report: Report | None, *, accepted: bool) -> Acknowledgement:
        """Any success will do."""
        return Acknowledgement()

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def _pay(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        if not self.knows(str(instruction.payment_method)):
            return Failed("card_data_not_allowed", "Stripe is paid with pm_... and tok_... only.")
        form = forms.payment(instruction)
        reply = await self._api.post("payment_intents", form, instruction.reference, configuration)
        outcome = self._outcome(reply, lambda intent: answers.of_payment(intent, instruction), instruction)
        return await self._present(outcome, reply, instruction, configuration)

    async def _change(self, instruction: Instruction, configuration: Configuration) -> Outcome:
        try:
            parent = await self._parent(instruction, configuration)
        except Unanswered:
            return NotSent("Stripe did not say which payment it is about")
        if parent is None:
            return _without_parent(instruction)
        key = instruction.reference
        match instruction.kind:
            case AttemptKind.CAPTURE:
                path, form = f"payment_intents/{parent}/capture", forms.capture(instruction)
            case AttemptKind.VOID:
                path, form = f"payment_intents/{parent}/cancel", forms.void()
            case _:
                path, form = "refunds", forms.refund(instruction, parent)
        reply = await self._api.post(path, form, key, configuration)
        outcome = self._outcome(reply, lambda document: _answered(document, instruction), instruction)
        return await self._present(outcome, reply, instruction, configuration)

    def _outcome(
        self, reply: Reply, read: Callable[[Mapping[str, Any]], Outcome | None], instruction: Instruction
    ) -> Outcome:
        document = reply.document()
        if reply.status == 200 and document is not None:
            return read(document) or Unknown("Stripe answered, but did not do it")
        error = refusals.envelope(reply)
        if error is not None and refusals.text(error, "code") == "payment_intent_unexpected_state":
            intent = error.get("payment_intent")
            found = read(intent) if isinstance(intent, dict) else None  # pyright: ignore[reportUnknownArgumentType] - JSON
            return found or refusals.refused(error)
        return refusals.of_reply(reply, repeated=self._age(instruction) > FIRST_SEND)

    async def _present(
        self, outcome: Outcome, reply: Reply, instruction: Instruction, configuration: Configuration
    ) -> Outcome:
        """A repeated answer is how things were: what it leaves open is asked for."""
        match outcome:
            case Pending(handle=handle) if _REPLAYED in reply.headers:
                found = await self.query(instruction, handle, configuration)
            case Unknown() if _REPLAYED in reply.headers:
                found = await self.query(instruction, None, configuration)
            case _:
                return outcome
        return outcome if found is None or isinstance(found, NotSent) else found

    async def _look(self, instruction: Instruction, handle: str | None, configuration: Configuration) -> Outcome | None:
        match instruction.kind:
            case AttemptKind.CHARGE | AttemptKind.AUTHORIZE:
                payment = handle or await self._find(instruction.reference, configuration)
                if payment is None:
                    return None
                return answers.of_payment(await self._api.payment(payment, configuration), instruction)
            case AttemptKind.REFUND if handle is not None:
                return answers.of_refund(await self._api.get(f"refunds/{handle}", configuration), instruction)
            case AttemptKind.PAYOUT:
                return Failed("payouts_unsupported", "Stripe does not pay out to others.")
            case _:
                parent = await self._parent(instruction, configuration)
                if parent is None:
                    return None
                return await self._look_at(parent, instruction, configuration)

    async def _look_at(self, parent: str, instruction: Instruction, configuration: Configuration) -> Outcome | None:
        if instruction.kind is AttemptKind.REFUND:
            refunds = await self._api.refunds(parent, configuration)
            found = [each for each in refunds if answers.is_ours(each, instruction)]
            if len(found) > 1:
                return Unknown("Stripe has several refunds of one reference")
            return answers.of_refund(found[0], instruction) if found else None
        return _answered(await self._api.payment(parent, configuration), instruction)

    async def _parent(self, instruction: Instruction, configuration: Configuration) -> str | None:
        return instruction.parent_handle or await self._find(str(instruction.parent_reference), configuration)

    async def _find(self, reference: str, configuration: Configuration) -> str | None:
        found = await self._api.payments_by_reference(reference, configuration)
        if len(found) > 1:
            raise LostError("Stripe has several payments of one reference")
        return found[0] if found else None

    def _age(self, instruction: Instruction) -> float:
        return (milliseconds(self._now()) - instruction.created_at) / 1000


def _answered(document: Mapping[str, Any], instruction: Instruction) -> Outcome | None:
    match instruction.kind:
        case AttemptKind.CAPTURE:
            return answers.of_capture(document, instruction)
        case AttemptKind.VOID:
            return answers.of_void(document)
        case _:
            return answers.of_refund(document, instruction)


def _without_parent(instruction: Instruction) -> Outcome:
    if instruction.kind is AttemptKind.VOID:
        return Failed("too_late", "Stripe does not know the payment yet: it cannot be called off.")
    return NotSent("Stripe does not show the payment yet")


def _probed(reply: Reply) -> str:
    match reply.status:
        case 401:
            return f"Stripe refuses {SECRET_KEY}"
        case 403:
            return f"{SECRET_KEY} may not read its account: allow it to"
        case status:
            return f"Stripe answered with status {status}"
