"""Prepares an attempt to collect a payment, and answers once it was made."""

from collections.abc import Mapping
from dataclasses import replace

from ..domain import account_references, charges, payment_intents
from ..domain.attempts import NEVER_SENT, Attempt, AttemptKind, provider_reference
from ..domain.call import Answer
from ..domain.charges import Charge
from ..domain.payment_intents import PaymentIntent
from ..domain.problems import KINDS, ProblemError, Resource
from ..domain.times import milliseconds
from ..providers.contract import Instruction
from ..storage import attempts
from ..storage import charges as charge_rows
from ..storage import payment_intents as intent_rows
from ..storage.port import Transaction
from . import configurations, routing
from .callback_addresses import callback_url
from .phases import Sending
from .recorder import Recorder
from .settlement import rows

_DECLINED = 402


async def start(recorder: Recorder, intent: PaymentIntent, payment_method: str, attempt_number: int) -> Sending:
    """Write the charge down that will be sent, the first one or a later one, and move the intent along.

    Raises what keeps the provider from taking it: provider_not_configured, parameter_missing, parameter_invalid.
    """
    services, now = recorder.services, recorder.now
    provider = services.providers.get(intent.provider)
    customer = _customer(recorder, intent)
    routing.check_capture(provider, intent.capture_method)
    routing.check_customer(provider, customer)
    configuration = await configurations.for_new_attempts(
        services, recorder.tx, provider, intent.account_id, intent.livemode
    )
    attempt_id = services.ids.new("at", now)
    reference = provider_reference(attempt_id)
    typed = account_references.generated(services.ids.bits) if provider.capabilities.customer_initiated else None
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
        attempt_number=attempt_number,
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
            customer=customer,
            description=intent.description,
            return_url=intent.return_url,
            callback_url=callback_url(services, attempt_id),
            payment_intent=intent.id,
            charge=charge.id,
            created_at=milliseconds(now),
            account_reference=typed,
        ),
        configuration,
    )


async def change(recorder: Recorder, charge: Charge, kind: AttemptKind, amount: int) -> Sending:
    """A capture or a void of an earlier charge, at the account that it was made with."""
    attempt_id = recorder.services.ids.new("at", recorder.now)
    parent = await attempts.find_by_reference(recorder.tx, charge.provider_reference)
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
            parent_handle=None if parent is None else parent.handle,
            parent_transaction_id=charge.provider_transaction_id,
            parent_amount=charge.amount,
            payment_method=charge.payment_method,
            callback_url=callback_url(recorder.services, attempt_id),
            payment_intent=charge.payment_intent,
            charge=charge.id,
            created_at=milliseconds(recorder.now),
        ),
        None if parent is None else parent.configuration,
    )


def check_voidable(recorder: Recorder, intent: PaymentIntent) -> None:
    """Refuse to call off what the provider cannot call off. Raises payment_in_flight."""
    provider = recorder.services.providers.get(intent.provider)
    if AttemptKind.VOID not in provider.capabilities.kinds:
        raise ProblemError(
            "payment_in_flight",
            f"{provider.name} cannot call off what it asked the customer: repeat this once {intent.id} is settled.",
            resource=resource(intent),
        )


async def answer(tx: Transaction, attempt: Attempt, status: int) -> Answer:
    """The intent; 402 if its attempt was declined."""
    intent = await rows.locked(tx, intent_rows.TABLE, attempt.payment_intent)
    if attempt.state == "failed" and intent.last_error is not None:
        raise declined(intent, intent.last_error)
    return Answer(status, payment_intents.view(intent))


def declined(intent: PaymentIntent, error: Mapping[str, object]) -> ProblemError:
    """The refusal that an intent's last error stands for.

    It is always a 402, since the attempt was made and has failed: a code of another kind becomes the decline code.
    """
    told, decline_code = str(error["code"]), _text(error["decline_code"])
    code = "payment_not_sent" if told == NEVER_SENT and error["provider_code"] is None else told
    if code not in KINDS or KINDS[code].status != _DECLINED:
        code, decline_code = "card_declined", decline_code or told
    return ProblemError(
        code,
        f"{error['message']} {intent.id} is {intent.status}.",
        decline_code=decline_code,
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


def in_question(intent: PaymentIntent) -> ProblemError:
    """Money for the intent came against an outcome; asking for it again would take it twice."""
    return ProblemError(
        "payment_in_flight",
        f"Money for {intent.id} came after its attempt had ended: an operator has to decide about it first.",
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


def _customer(recorder: Recorder, intent: PaymentIntent) -> Mapping[str, str] | None:
    """What is known of the customer, the phone number in clear."""
    if intent.customer is None:
        return None
    known = {name: value for name, value in intent.customer.items() if name != "phone" and isinstance(value, str)}
    if intent.phone is None:
        return known
    return {**known, "phone": recorder.services.vault.decrypt(payment_intents.phone_purpose(intent.id), intent.phone)}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
