"""Payouts: making, calling off and reading them."""

from typing import cast

from ..domain import beneficiaries, journal, payouts
from ..domain.attempts import NEVER_SENT, Attempt, AttemptKind, Slot, provider_reference
from ..domain.call import Answer, Call
from ..domain.card_data import refuse_card_data
from ..domain.money import check_amount, currency_code
from ..domain.payouts import Payout
from ..domain.problems import ProblemError, Resource
from ..domain.times import milliseconds
from ..providers.contract import Instruction
from ..services import Services
from ..storage import attempts
from ..storage.balances import Purse
from ..storage.payouts import TABLE
from ..storage.port import Transaction
from . import configurations, routing
from .callback_addresses import callback_url
from .finding import own, own_locked
from .folding import spendable
from .listing import list_objects
from .phases import Sending, send_once
from .recorder import Recorder, recorder
from .settlement import rows


async def create_payout(services: Services, call: Call) -> Answer:
    """Send money of the balance to a beneficiary; it is reserved before the provider is told."""
    body = call.body or {}
    refuse_card_data(body)
    currency, amount = currency_code(str(body["currency"])), cast(int, body["amount"])
    beneficiary = cast(dict[str, object], body["beneficiary"])
    beneficiaries.check(beneficiary, "beneficiary")

    async def prepare(tx: Transaction) -> Sending:
        chosen = await routing.for_payout(services, tx, call.account, beneficiary, currency)
        check_amount(amount, currency, chosen.capabilities.payout_rules, chosen.name)
        configuration = await configurations.for_new_attempts(
            services, tx, chosen, call.account.id, call.account.livemode
        )
        balance = await spendable(services, tx, Purse(call.account.id, call.account.livemode, currency))
        available = journal.available(balance.sums)
        if amount > available:
            raise ProblemError(
                "balance_insufficient",
                f"Of {currency} {max(available, 0)} minor units are available.",
                param="amount",
            )
        write = recorder(services, tx, call)
        attempt_id = services.ids.new("at", write.now)
        payout = _new(write, call, currency, chosen.name, provider_reference(attempt_id))
        await write.create(TABLE, payouts.view, payout, "payout.created")
        await write.post(payout, "payout_reserved", amount, currency)
        return Sending(
            attempt_id,
            payout.id,
            payout.provider,
            Instruction(
                kind=AttemptKind.PAYOUT,
                reference=payout.provider_reference,
                account_id=payout.account_id,
                livemode=payout.livemode,
                amount=amount,
                currency=currency,
                beneficiary=beneficiary,
                callback_url=callback_url(services, attempt_id),
                payout=payout.id,
                created_at=milliseconds(write.now),
            ),
            configuration,
        )

    return await send_once(services, call, prepare, answer_creation)


async def cancel_payout(services: Services, call: Call) -> Answer:
    """Call a payout off while the provider has not begun; the money is available again."""

    async def prepare(tx: Transaction) -> Sending:
        payout = await own_locked(tx, call, TABLE, _id(call))
        if payout.status != "pending":
            raise _invalid_state(payout)
        sent = await attempts.find_open(tx, payout.id, Slot.OUTCOME)
        if sent is None or sent.state != "pending" or await attempts.find_open(tx, payout.id, Slot.CHANGE):
            raise ProblemError(
                "payment_in_flight",
                f"An attempt of {payout.id} is still in doubt: repeat this once it is settled.",
                resource=_resource(payout),
            )
        if AttemptKind.VOID not in services.providers.get(payout.provider).capabilities.kinds:
            raise _invalid_state(payout)
        now = services.clock.now()
        attempt_id = services.ids.new("at", now)
        return Sending(
            attempt_id,
            payout.id,
            payout.provider,
            Instruction(
                kind=AttemptKind.VOID,
                reference=provider_reference(attempt_id),
                account_id=payout.account_id,
                livemode=payout.livemode,
                amount=payout.amount,
                currency=payout.currency,
                parent_reference=payout.provider_reference,
                parent_handle=sent.handle,
                callback_url=callback_url(services, attempt_id),
                payout=payout.id,
                created_at=milliseconds(now),
            ),
            sent.configuration,
        )

    return await send_once(services, call, prepare, answer_cancellation)


async def answer_creation(tx: Transaction, attempt: Attempt) -> Answer:
    """What is answered once a payout was sent."""
    return Answer(201, payouts.view(await rows.locked(tx, TABLE, attempt.subject)))


async def answer_cancellation(tx: Transaction, attempt: Attempt) -> Answer:
    """What is answered once a payout was called off. Raises invalid_state."""
    payout = await rows.locked(tx, TABLE, attempt.subject)
    if attempt.failure_code == NEVER_SENT:
        detail = f"{payout.id} cannot be canceled now: the provider was not reached, and nothing was sent."
        raise ProblemError("invalid_state", detail, resource=_resource(payout))
    if attempt.state == "failed":
        raise _invalid_state(payout)
    return Answer(200, payouts.view(payout))


async def retrieve_payout(services: Services, call: Call) -> Answer:
    """One payout."""
    async with services.store.reading() as reader:
        return Answer(200, payouts.view(await own(reader, call, TABLE, _id(call))))


async def list_payouts(services: Services, call: Call) -> Answer:
    """A page of payouts."""
    return await list_objects(services, call, TABLE, payouts.view, "/v1/treasury/payouts")


def _new(write: Recorder, call: Call, currency: str, provider: str, reference: str) -> Payout:
    body = call.body or {}
    return Payout(
        id=write.services.ids.new("po", write.now),
        account_id=call.account.id,
        livemode=call.account.livemode,
        amount=cast(int, body["amount"]),
        currency=currency,
        origin_module=cast(str | None, body.get("origin_module")),
        origin_entity_id=cast(str | None, body.get("origin_entity_id")),
        beneficiary=beneficiaries.shown(cast(dict[str, object], body["beneficiary"])),
        status="pending",
        failure_code=None,
        failure_message=None,
        provider=provider,
        provider_reference=reference,
        metadata=cast(dict[str, object], body.get("metadata", {})),
        idempotency_key=str(call.idempotency_key),
        created_at=milliseconds(write.now),
        updated_at=milliseconds(write.now),
        arrives_at=None,
        sequence=1,
    )


def _invalid_state(payout: Payout) -> ProblemError:
    return ProblemError(
        "invalid_state",
        f"{payout.id} is {payout.status}: the provider has begun, it can no longer be canceled.",
        resource=_resource(payout),
    )


def _resource(payout: Payout) -> Resource:
    return Resource("payout", payout.id, payout.status)


def _id(call: Call) -> str:
    return call.path["payout_id"]
