"""Money that customers send of their own accord: whether to take it, and whose payment it is."""

import logging

from ...domain.attempts import Attempt, AttemptKind
from ...domain.operator_cases import CaseKind, Suspended
from ...domain.outcomes import Succeeded
from ...domain.provider_configurations import ProviderConfiguration
from ...domain.provider_messages import ProviderMessage
from ...providers.inbound import MayPay, MoneyReceived
from ...services import Services
from ...storage import attempts
from ...storage import charges as charge_rows
from ...storage import payment_intents as intent_rows
from ...storage import provider_messages as rows
from ...storage.port import Reader, Transaction
from ..cases import open_case
from ..inquiry import write_down
from ..recorder import recorder

logger = logging.getLogger("molam_gateway.inbound")


async def may_pay(services: Services, configuration: ProviderConfiguration, question: MayPay) -> bool:
    """Whether this account waits for exactly this money, or takes what nobody waits for."""
    async with services.store.reading() as reader:
        awaited = await _awaited(reader, configuration.id, configuration.provider, question)
    return awaited is not None or services.settings.accept_unmatched_payments


async def waiting_for(reader: Reader, message: ProviderMessage, money: MoneyReceived) -> Attempt | None:
    """The open attempt of the receiving account that waits for exactly this money."""
    return await _awaited(reader, message.configuration, message.provider, money)


async def settle(
    services: Services, tx: Transaction, message: ProviderMessage, attempt: Attempt, token: str, money: MoneyReceived
) -> None:
    """The customer paid what an attempt waits for."""
    written = await write_down(services, tx, attempt, token, Succeeded(money.transaction_id, money.details), None)
    if written:
        await rows.move(tx, message.id, "done", services.clock.now())


async def keep_unmatched(services: Services, tx: Transaction, message: ProviderMessage, money: MoneyReceived) -> None:
    """Nobody waits for this money: it is in the journal's suspense until somebody decides.

    A provider may tell of a payment that was asked for in this way too: then its receipt is a charge's already.
    """
    if not await rows.move(tx, message.id, "done", services.clock.now()):
        return
    if await charge_rows.has_receipt(
        tx,
        money.transaction_id,
        account_id=message.account_id,
        livemode=message.livemode,
        provider=message.provider,
    ):
        return
    write = recorder(services, tx, None, action="payment.unmatched_received")
    detail = f"{money.amount} {money.currency} (minor units) came as {money.transaction_id}, no payment waits for it"
    await open_case(
        write,
        CaseKind.UNMATCHED_MONEY,
        message.id,
        account_id=message.account_id,
        livemode=message.livemode,
        provider=message.provider,
        payment_intent=None,
        detail=detail,
        money=Suspended(money.amount, money.currency, "received_unmatched", money.transaction_id),
    )
    logger.warning("%s: %s", message.id, detail)


async def _awaited(reader: Reader, configuration: str, provider: str, money: MayPay | MoneyReceived) -> Attempt | None:
    """By the name that the provider or we gave it; the amount and the currency have to be the same."""
    named = money.account_reference.strip()
    candidates = await attempts.find_by_handle(reader, provider, named)
    by_reference = await attempts.find_by_reference(reader, named)
    if by_reference is not None:
        candidates.append(by_reference)
    intent = await reader.fetch_one(intent_rows.TABLE.select_sql, {"id": named})
    if intent is not None and intent["latest_charge"] is not None:
        last = await attempts.find_open(reader, intent["latest_charge"], "outcome")
        candidates += [] if last is None else [last]
    for each in candidates:
        charges = each.kind == AttemptKind.CHARGE and each.open and each.configuration == configuration
        if charges and (each.amount, each.currency) == (money.amount, money.currency):
            return each
    return None
