"""Payments of the façade: initializing, getting, listing and verifying them."""

import time
from dataclasses import replace
from typing import cast

from ...domain import facade, payment_intents
from ...domain.call import Answer, Call
from ...domain.card_data import refuse_card_data
from ...domain.leases import provider_timeout, too_late
from ...domain.major_units import to_minor
from ...domain.money import currency_code
from ...domain.payment_intents import PaymentIntent
from ...domain.problems import ProblemError
from ...services import Services
from ...storage import attempts, facade_payments
from ...storage.payment_intents import TABLE
from ...storage.port import Reader, Transaction
from ..audit_trail import trail
from ..execution import Claim, in_steps
from ..finding import missing
from ..payment_intents import create_payment_intent
from ..reconciliation import reconcile
from .translation import translated

DEFAULT_LIMIT = 20
AUDIT_SCOPE = "audit:read"


async def initialize_payment(services: Services, call: Call) -> Answer:
    """Create a payment intent and send it to its provider at once, by the provider's own payment method without one."""
    body = dict(call.body or {})
    refuse_card_data(body)
    currency = currency_code(str(body["currency"]))
    body["amount"] = to_minor(str(body["amount"]), currency)
    body["confirm"] = True
    return await translated(services, replace(call, body=body), create_payment_intent, facade.payment)


async def get_payment(services: Services, call: Call) -> Answer:
    """One payment with its trail."""
    async with services.store.reading() as reader:
        intent = await _own(reader, call)
        ids = await facade_payments.objects_of(reader, intent.id)
        entries = await trail(reader, call.account.id, call.account.livemode, ids)
    shown = facade.audit_trail(entries, intent.id, with_addresses=AUDIT_SCOPE in call.account.scopes)
    return Answer(200, {**facade.payment(payment_intents.view(intent)), "audit_trail": shown})


async def list_payments(services: Services, call: Call) -> Answer:
    """A page of payments by its number."""
    number, limit = cast(int, call.query.get("page", 1)), cast(int, call.query.get("limit", DEFAULT_LIMIT))
    async with services.store.reading() as reader:
        found = await facade_payments.page(
            reader,
            account_id=call.account.id,
            livemode=call.account.livemode,
            filters={name: _text(call, name) for name in ("status", "provider", "customer_id")},
            limit=limit + 1,
            offset=(number - 1) * limit,
        )
    data = [facade.payment(payment_intents.view(intent)) for intent in found[:limit]]
    page = {"object": "list", "data": data, "page": number, "limit": limit, "has_more": len(found) > limit}
    return Answer(200, page)


async def verify_payment(services: Services, call: Call) -> Answer:
    """Ask the provider about the attempts of a payment that are open, each under its lease.

    What somebody else is asking about at this moment is left to them.
    """

    async def begin(tx: Transaction, claim: Claim) -> str:
        return (await _own(tx, call)).id

    async def proceed(_: Claim, id: str) -> Answer:
        async with services.store.reading() as reader:
            pending = await attempts.open_of_intent(reader, id)
        for attempt_id in pending:
            if too_late(call.deadline, time.monotonic()):
                break
            await reconcile(services, attempt_id, provider_timeout(call.deadline, time.monotonic()))
        async with services.store.reading() as reader:
            return Answer(200, facade.payment(payment_intents.view(await _own(reader, call))))

    return await in_steps(services, call, begin, proceed)


async def find_payment(reader: Reader, call: Call) -> PaymentIntent | None:
    """The account's payment that the path names."""
    id = call.path["transaction_id"]
    return await TABLE.find_own(reader, id, account_id=call.account.id, livemode=call.account.livemode)


def missing_payment(call: Call) -> ProblemError:
    """There is no payment as the path names it, or it is another account's."""
    return missing("payments", call.path["transaction_id"])


async def _own(reader: Reader, call: Call) -> PaymentIntent:
    found = await find_payment(reader, call)
    if found is None:
        raise missing_payment(call)
    return found


def _text(call: Call, name: str) -> str | None:
    value = call.query.get(name)
    return None if value is None else str(value)
