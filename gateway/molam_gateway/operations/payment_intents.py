"""Payment intents: creating, confirming, capturing, canceling and reading them."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from ..domain import payment_intents
from ..domain.attempts import NEVER_SENT, Attempt, AttemptKind, Slot
from ..domain.call import Answer, Call
from ..domain.card_data import refuse_card_data
from ..domain.masking import masked_phone
from ..domain.money import check_amount, currency_code
from ..domain.payment_intents import PaymentIntent
from ..domain.problems import ProblemError
from ..domain.times import milliseconds
from ..providers.contract import Provider
from ..services import Services
from ..storage import attempts, operator_cases
from ..storage import charges as charge_rows
from ..storage.payment_intents import TABLE
from ..storage.port import Transaction
from . import charging, routing
from .expiry import EXPIRE
from .finding import known_payment_method, own, own_locked, own_locked_with
from .listing import list_objects
from .phases import Sending, send_once
from .recorder import recorder
from .settlement import rows


async def create_payment_intent(services: Services, call: Call) -> Answer:
    """Create an intent, and confirm it in the same call if asked to."""
    body = call.body or {}
    refuse_card_data(body)
    currency = currency_code(str(body["currency"]))
    payment_method = cast(str | None, body.get("payment_method"))
    name = cast(str | None, body.get("provider"))
    amount, capture_method = cast(int, body["amount"]), str(body.get("capture_method", "automatic"))
    confirm = bool(body.get("confirm"))
    if confirm and payment_method is None and name is None:
        raise _no_payment_method()

    async def prepare(tx: Transaction) -> Answer | Sending:
        chosen = await routing.for_payment(
            services, tx, call.account, name, payment_method,
            amount=amount, currency=currency, capture_method=capture_method,
        )  # fmt: skip
        check_amount(amount, currency, chosen.capabilities.rules, chosen.name)
        method = payment_method or (chosen.capabilities.default_payment_method if confirm else None)
        if method is not None:
            known_payment_method(chosen, method)
        elif confirm:
            raise _no_payment_method()
        routing.check_capture(chosen, capture_method)
        write = recorder(services, tx, call)
        intent = _new(services, call, body, chosen, currency, method)
        await write.create(TABLE, payment_intents.view, intent, "payment_intent.created")
        await write.schedule(EXPIRE, intent.id, write.now + timedelta(seconds=payment_intents.LIFETIME))
        if confirm and method is not None:
            return await charging.start(write, intent, method, 1)
        return Answer(201, payment_intents.view(intent))

    return await send_once(services, call, prepare, answer_creation)


async def confirm_payment_intent(services: Services, call: Call) -> Answer:
    """Send an intent to its provider, with the payment method that it has or that is given here."""
    body = call.body or {}
    refuse_card_data(body)

    async def prepare(tx: Transaction) -> Sending:
        asked = operator_cases.money_in_question(_id(call)), charge_rows.counting(_id(call))
        intent, (suspended, earlier) = await own_locked_with(tx, call, TABLE, _id(call), *asked)
        if intent.status == "processing":
            raise charging.in_flight(intent)
        if intent.status not in {"requires_payment_method", "requires_confirmation"}:
            raise charging.invalid_state(intent, "confirmed")
        if suspended:
            raise charging.in_question(intent)
        payment_method = cast(str | None, body.get("payment_method", intent.payment_method))
        if payment_method is None:
            raise ProblemError(
                "parameter_missing", f"{intent.id} has no payment method: send one.", param="payment_method"
            )
        known_payment_method(services.providers.get(intent.provider), payment_method)
        updated = charging.with_return_url(intent, body.get("return_url"))
        attempt_number = charge_rows.counted(earlier) + 1
        return await charging.start(recorder(services, tx, call), updated, payment_method, attempt_number)

    return await send_once(services, call, prepare, answer_change)


async def capture_payment_intent(services: Services, call: Call) -> Answer:
    """Collect what is held, or a part of it; the rest is released."""
    amount = cast(int | None, (call.body or {}).get("amount_to_capture"))

    async def prepare(tx: Transaction) -> Sending:
        intent = await own_locked(tx, call, TABLE, _id(call))
        if intent.status == "processing":
            raise charging.in_flight(intent)
        if intent.status != "requires_capture":
            raise charging.invalid_state(intent, "captured")
        charge = await rows.locked(tx, charge_rows.TABLE, intent.latest_charge)
        if await attempts.find_open(tx, charge.id, Slot.CHANGE):
            raise charging.in_flight(intent)
        taken = intent.amount_capturable if amount is None else amount
        if taken > intent.amount_capturable:
            raise ProblemError(
                "amount_invalid",
                f"Of {intent.id} {intent.amount_capturable} minor units of {intent.currency} can be captured.",
                param="amount_to_capture",
            )
        return await charging.change(recorder(services, tx, call), charge, AttemptKind.CAPTURE, taken)

    return await send_once(services, call, prepare, answer_change)


async def cancel_payment_intent(services: Services, call: Call) -> Answer:
    """Give an intent up before any money moved; what is held is released."""
    body = call.body or {}
    refuse_card_data(body)
    reason = cast(str | None, body.get("cancellation_reason"))

    async def prepare(tx: Transaction) -> Answer | Sending:
        intent = await own_locked(tx, call, TABLE, _id(call))
        write = recorder(services, tx, call)
        if intent.status == "processing":
            raise charging.in_flight(intent)
        if intent.status in {"succeeded", "canceled"}:
            raise charging.invalid_state(intent, "canceled")
        if intent.status in {"requires_action", "requires_capture"}:
            charge = await rows.locked(tx, charge_rows.TABLE, intent.latest_charge)
            if await attempts.find_open(tx, charge.id, Slot.CHANGE):
                raise charging.in_flight(intent)
            charging.check_voidable(write, intent)
            await write.change(TABLE, payment_intents.view, intent, replace(intent, cancellation_reason=reason))
            return await charging.change(write, charge, AttemptKind.VOID, charge.amount)
        canceled = payment_intents.canceled(intent, reason, None)
        written = await write.change(TABLE, payment_intents.view, intent, canceled, "payment_intent.canceled")
        return Answer(200, payment_intents.view(written))

    return await send_once(services, call, prepare, answer_cancellation)


async def answer_creation(tx: Transaction, attempt: Attempt) -> Answer:
    """What is answered once a new intent was sent. Raises 402."""
    return await charging.answer(tx, attempt, 201)


async def answer_change(tx: Transaction, attempt: Attempt) -> Answer:
    """What is answered once an intent was confirmed or captured. Raises 402."""
    return await charging.answer(tx, attempt, 200)


async def answer_cancellation(tx: Transaction, attempt: Attempt) -> Answer:
    """What is answered once an intent was called off. Raises invalid_state."""
    intent = await rows.locked(tx, TABLE, attempt.payment_intent)
    if attempt.failure_code == NEVER_SENT:
        raise charging.invalid_state(intent, "canceled now: the provider was not reached, and nothing was sent")
    if attempt.state == "failed":
        raise charging.invalid_state(intent, "canceled any more: the provider went ahead")
    return Answer(200, payment_intents.view(intent))


async def retrieve_payment_intent(services: Services, call: Call) -> Answer:
    """One intent."""
    async with services.store.reading() as reader:
        return Answer(200, payment_intents.view(await own(reader, call, TABLE, _id(call))))


async def list_payment_intents(services: Services, call: Call) -> Answer:
    """A page of intents."""
    return await list_objects(services, call, TABLE, payment_intents.view, "/v1/connect/payment_intents")


def _no_payment_method() -> ProblemError:
    return ProblemError(
        "parameter_missing",
        "The provider has no payment method of its own: send a payment_method.",
        param="payment_method",
    )


def _new(
    services: Services, call: Call, body: dict[str, object], chosen: Provider, currency: str, method: str | None
) -> PaymentIntent:
    now = services.clock.now()
    id = services.ids.new("pi", now)
    customer = cast(dict[str, str] | None, body.get("customer"))
    phone = customer.get("phone") if customer else None
    return PaymentIntent(
        id=id,
        account_id=call.account.id,
        livemode=call.account.livemode,
        amount=cast(int, body["amount"]),
        amount_capturable=0,
        amount_received=0,
        amount_refunded=0,
        currency=currency,
        status="requires_payment_method" if method is None else "requires_confirmation",
        status_reason=None,
        provider=chosen.name,
        provider_reference=None,
        payment_method=method,
        payment_method_types=list(chosen.capabilities.payment_method_types),
        capture_method=str(body.get("capture_method", "automatic")),
        cancellation_reason=None,
        customer_id=cast(str | None, body.get("customer_id")),
        merchant_id=cast(str | None, body.get("merchant_id")),
        customer=None if customer is None else _shown(customer),
        phone=None if phone is None else services.vault.encrypt(payment_intents.phone_purpose(id), phone),
        description=cast(str | None, body.get("description")),
        metadata=cast(dict[str, object], body.get("metadata", {})),
        return_url=cast(str | None, body.get("return_url")),
        cancel_url=cast(str | None, body.get("cancel_url")),
        next_action=None,
        latest_charge=None,
        last_error=None,
        idempotency_key=str(call.idempotency_key),
        created_at=milliseconds(now),
        updated_at=milliseconds(now),
        expires_at=milliseconds(now + timedelta(seconds=payment_intents.LIFETIME)),
        sequence=1,
    )


def _shown(customer: dict[str, str]) -> dict[str, object]:
    phone = customer.get("phone")
    return {
        "phone": None if phone is None else masked_phone(phone),
        "email": customer.get("email"),
        "name": customer.get("name"),
    }


def _id(call: Call) -> str:
    return call.path["payment_intent_id"]
