"""Prepares an attempt to collect a payment, and answers once it was made."""

from collections.abc import Mapping
from dataclasses import replace

from ..domain import charges, payment_intents
from ..domain.attempts import Attempt, AttemptKind, provider_reference
from ..domain.call import Answer
from ..domain.charges import Charge
from ..domain.payment_intents import PaymentIntent
from ..domain.problems import KINDS, ProblemError, Resource
from ..domain.times import milliseconds
from ..providers.contract import Instruction
from ..storage import charges as charge_rows
from ..storage import payment_intents as intent_rows
from ..storage.port import Transaction
from .phases import Sending
from .recorder import Recorder
from .settlement import rows


async def start(recorder: Recorder, intent: PaymentIntent, payment_method: str) -> Sending:
    """Write the charge down that will be sent, and move the intent along."""
    services, now = recorder.services, recorder.now
    attempt_id = services.ids.new("at", now)
    reference = provider_reference(attempt_id)
    charge = Charge(
        id=services.ids.new("ch", now),
        account_id=intent.account_id,
        livemode=intent.livemode,
        payment_intent=intent.id,
        amount=intent.amount,
        amount_captured=0,
        amount_refunded=0,
        amount_refund_pending=0,
        currency=intent.currency,
        status="sending",
        provider=intent.provider,
        provider_reference=reference,
        provider_transaction_id=None,
        payment_method=payment_method,
        payment_method_details=None,
        failure_code=None,
        failure_message=None,
        attempt_number=await charge_rows.count(recorder.tx, intent.id) + 1,
        created_at=milliseconds(now),
        updated_at=milliseconds(now),
        sequence=1,
    )
    await recorder.create(charge_rows.TABLE, charges.view, charge)
    confirmed = payment_intents.with_payment_method(intent, payment_method)
    sent = payment_intents.sent(confirmed, charge.id, reference)
    await recorder.change(intent_rows.TABLE, payment_intents.view, intent, sent)
    manual = intent.capture_method == "manual"
    return Sending(
        attempt_id,
        charge.id,
        intent.provider,
        Instruction(
            kind=AttemptKind.AUTHORIZE if manual else AttemptKind.CHARGE,
            reference=reference,
            account_id=intent.account_id,
            livemode=intent.livemode,
            amount=intent.amount,
            currency=intent.currency,
            payment_method=payment_method,
            return_url=intent.return_url,
            payment_intent=intent.id,
            charge=charge.id,
        ),
    )


def change(recorder: Recorder, charge: Charge, kind: AttemptKind, amount: int) -> Sending:
    """A capture or a void of an earlier charge."""
    attempt_id = recorder.services.ids.new("at", recorder.now)
    return Sending(
        attempt_id,
        charge.id,
        charge.provider,
        Instruction(
            kind=kind,
            reference=provider_reference(attempt_id),
            account_id=charge.account_id,
            livemode=charge.livemode,
            amount=amount,
            currency=charge.currency,
            parent_reference=charge.provider_reference,
            payment_intent=charge.payment_intent,
            charge=charge.id,
        ),
    )


async def answer(tx: Transaction, attempt: Attempt, status: int) -> Answer:
    """The intent; 402 if its attempt was declined."""
    intent = await rows.locked(tx, intent_rows.TABLE, attempt.payment_intent)
    if attempt.state == "failed" and intent.last_error is not None:
        raise declined(intent, intent.last_error)
    return Answer(status, payment_intents.view(intent))


def declined(intent: PaymentIntent, error: Mapping[str, object]) -> ProblemError:
    """The refusal that an intent's last error stands for."""
    code = str(error["code"])
    return ProblemError(
        code if code in KINDS else "card_declined",
        f"{error['message']} {intent.id} is {intent.status}.",
        decline_code=_text(error["decline_code"]),
        provider=intent.provider,
        provider_code=_text(error["provider_code"]),
        resource=resource(intent),
    )


def resource(intent: PaymentIntent) -> Resource:
    """The intent as problems name it."""
    return Resource("payment_intent", intent.id, intent.status)


def in_flight(intent: PaymentIntent) -> ProblemError:
    """Something is on its way to the provider; repeat the call later."""
    return ProblemError(
        "payment_in_flight",
        f"An attempt of {intent.id} is still in doubt: repeat this once it is settled.",
        resource=resource(intent),
    )


def invalid_state(intent: PaymentIntent, verb: str) -> ProblemError:
    """The intent's status does not allow this."""
    return ProblemError(
        "invalid_state", f"{intent.id} is {intent.status} and cannot be {verb}.", resource=resource(intent)
    )


def with_return_url(intent: PaymentIntent, return_url: object) -> PaymentIntent:
    """The intent with another return address, if one was given."""
    return intent if return_url is None else replace(intent, return_url=str(return_url))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
