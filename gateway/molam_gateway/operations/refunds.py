"""Refunds: making and reading them."""

from typing import cast

from ..domain import charges, refunds
from ..domain.attempts import Attempt, AttemptKind, provider_reference
from ..domain.call import Answer, Call
from ..domain.card_data import refuse_card_data
from ..domain.charges import Charge
from ..domain.problems import ProblemError, Resource
from ..domain.refunds import Refund
from ..domain.times import milliseconds
from ..providers.contract import Instruction
from ..services import Services
from ..storage import attempts, operator_cases
from ..storage import charges as charge_rows
from ..storage import payment_intents as intent_rows
from ..storage.port import Transaction
from ..storage.refunds import TABLE
from .callback_addresses import callback_url
from .charging import invalid_state
from .finding import own, own_locked
from .listing import list_objects
from .phases import Sending, send_once
from .recorder import Recorder, recorder
from .settlement import rows


async def create_refund(services: Services, call: Call) -> Answer:
    """Send money of a charge back, all that remains by default.

    The amount is reserved under a lock before the provider is told, so that refunds never exceed what was captured.
    """
    body = call.body or {}
    refuse_card_data(body)

    async def prepare(tx: Transaction) -> Sending:
        charge = await _charge(tx, call)
        if await operator_cases.money_missing(tx, charge.payment_intent):
            raise _in_question(charge)
        parent = await attempts.find_by_reference(tx, charge.provider_reference)
        reserved, amount = charges.reserve_refund(charge, cast(int | None, body.get("amount")))
        _check_refundable(services, charge, amount)
        write = recorder(services, tx, call)
        await write.change(charge_rows.TABLE, charges.view, charge, reserved)
        attempt_id = services.ids.new("at", write.now)
        refund = _new(write, call, charge, amount, attempt_id)
        await write.create(TABLE, refunds.view, refund, "refund.created")
        await write.post(refund, "refund_reserved", amount, refund.currency)
        await write.change(TABLE, refunds.view, refund, refunds.move(refund, "processing"))
        return Sending(
            attempt_id,
            refund.id,
            refund.provider,
            _instruction(write, refund, charge, attempt_id, parent),
            None if parent is None else parent.configuration,
        )

    return await send_once(services, call, prepare, answer_creation)


async def answer_creation(tx: Transaction, attempt: Attempt) -> Answer:
    """What is answered once a refund was sent."""
    return Answer(201, refunds.view(await rows.locked(tx, TABLE, attempt.subject)))


async def retrieve_refund(services: Services, call: Call) -> Answer:
    """One refund."""
    async with services.store.reading() as reader:
        return Answer(200, refunds.view(await own(reader, call, TABLE, call.path["refund_id"])))


async def list_refunds(services: Services, call: Call) -> Answer:
    """A page of refunds."""
    return await list_objects(services, call, TABLE, refunds.view, "/v1/connect/refunds")


async def _charge(tx: Transaction, call: Call) -> Charge:
    """The charge that the path names by its own id or by its intent's; the intent is locked before it."""
    named = call.path["charge_id"]
    if named.startswith("pi_"):
        intent = await own_locked(tx, call, intent_rows.TABLE, named)
        if intent.latest_charge is None:
            raise invalid_state(intent, "refunded")
        return await rows.locked(tx, charge_rows.TABLE, intent.latest_charge)
    charge = await own(tx, call, charge_rows.TABLE, named)
    await rows.locked(tx, intent_rows.TABLE, charge.payment_intent)
    return await rows.locked(tx, charge_rows.TABLE, charge.id)


def _new(write: Recorder, call: Call, charge: Charge, amount: int, attempt_id: str) -> Refund:
    body = call.body or {}
    return Refund(
        id=write.services.ids.new("ref", write.now),
        account_id=charge.account_id,
        livemode=charge.livemode,
        charge=charge.id,
        payment_intent=charge.payment_intent,
        amount=amount,
        currency=charge.currency,
        reason=cast(str | None, body.get("reason")),
        status="pending",
        failure_reason=None,
        provider=charge.provider,
        provider_reference=provider_reference(attempt_id),
        metadata=cast(dict[str, object], body.get("metadata", {})),
        idempotency_key=str(call.idempotency_key),
        created_at=milliseconds(write.now),
        updated_at=milliseconds(write.now),
        sequence=1,
    )


def _in_question(charge: Charge) -> ProblemError:
    return ProblemError(
        "payment_in_flight",
        f"Money of {charge.id} left that should not have: it can be refunded once an operator has decided about that.",
        resource=Resource("charge", charge.id, charge.status),
    )


def _check_refundable(services: Services, charge: Charge, amount: int) -> None:
    """Refuse what the charge's provider cannot give back. Raises parameter_invalid or partial_refund_unsupported."""
    provider = services.providers.get(charge.provider)
    if AttemptKind.REFUND not in provider.capabilities.kinds:
        raise ProblemError("parameter_invalid", f"{provider.name} cannot refund.", param="charge_id")
    if amount != charge.amount_captured and not provider.capabilities.partial_refund:
        raise ProblemError(
            "partial_refund_unsupported",
            f"{provider.name} refunds whole charges only: {charge.amount_captured} minor units of {charge.currency}.",
            param="amount",
        )


def _instruction(
    write: Recorder, refund: Refund, charge: Charge, attempt_id: str, parent: Attempt | None
) -> Instruction:
    return Instruction(
        kind=AttemptKind.REFUND,
        reference=refund.provider_reference,
        account_id=refund.account_id,
        livemode=refund.livemode,
        amount=refund.amount,
        currency=refund.currency,
        parent_reference=charge.provider_reference,
        parent_handle=None if parent is None else parent.handle,
        parent_transaction_id=charge.provider_transaction_id,
        parent_amount=charge.amount_captured,
        payment_method=charge.payment_method,
        reason=refund.reason,
        callback_url=callback_url(write.services, attempt_id),
        created_at=milliseconds(write.now),
        payment_intent=refund.payment_intent,
        charge=charge.id,
        refund=refund.id,
    )
