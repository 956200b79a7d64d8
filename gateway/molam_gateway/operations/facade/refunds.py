"""Refunds of the façade: money of a payment given back."""

from dataclasses import replace

from ...domain import facade
from ...domain.call import Answer, Call
from ...domain.major_units import to_minor
from ...domain.money import currency_code
from ...domain.problems import ProblemError
from ...services import Services
from ...storage.port import Transaction
from ..execution import idempotently
from ..refunds import create_refund
from .payments import find_payment, missing_payment
from .translation import translated


async def refund_payment(services: Services, call: Call) -> Answer:
    """Give money of a payment back, all that remains without an amount."""
    async with services.store.reading() as reader:
        payment = await find_payment(reader, call)
    if payment is None:

        async def refuse(_: Transaction) -> Answer:
            raise missing_payment(call)

        return await idempotently(services, call, refuse)
    body = dict(call.body or {})
    currency = body.pop("currency", None)
    if currency is not None and currency_code(str(currency)) != payment.currency:
        raise ProblemError("parameter_invalid", f"{payment.id} is in {payment.currency}.", param="currency")
    if "amount" in body:
        body["amount"] = to_minor(str(body["amount"]), payment.currency)
    refund = replace(call, path={"charge_id": payment.id}, body=body)
    return await translated(services, refund, create_refund, facade.refund)
