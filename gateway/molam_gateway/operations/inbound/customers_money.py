"""Money that customers send of their own accord: whether to take it, and whose payment it is."""

from ...domain import account_references
from ...domain.attempts import Attempt, AttemptKind, Final
from ...domain.audit.actors import Actor
from ...domain.outcomes import Succeeded
from ...domain.provider_configurations import ProviderConfiguration
from ...domain.provider_messages import ProviderMessage
from ...providers.inbound import MayPay, MoneyReceived
from ...services import Services
from ...storage import attempts, receipts
from ...storage import charges as charge_rows
from ...storage import payment_intents as intent_rows
from ...storage import provider_messages as rows
from ...storage.port import Reader, Transaction
from ..inquiry import write_down
from ..recorder import recorder
from ..settlement.revision import revise
from ..unmatched import EVENT, keep


async def may_pay(services: Services, configuration: ProviderConfiguration, question: MayPay) -> bool:
    """Whether this account waits for exactly this money, or takes what nobody waits for."""
    async with services.store.reading() as reader:
        named = await _named(reader, configuration.id, question)
        awaited = named is not None and await _takes(reader, named)
        awaited = awaited or await _awaited(reader, configuration.id, configuration.provider, question) is not None
    return awaited or services.settings.accept_unmatched_payments


async def waiting_for(reader: Reader, message: ProviderMessage, money: MoneyReceived) -> Attempt | None:
    """The attempt of the receiving account that waits for exactly this money, or that the customer named."""
    named = await _named(reader, message.configuration, money)
    return named or await _awaited(reader, message.configuration, message.provider, money)


async def settle(
    services: Services, tx: Transaction, message: ProviderMessage, attempt: Attempt, token: str, money: MoneyReceived
) -> None:
    """The customer paid what an attempt waits for."""
    written = await write_down(services, tx, attempt, token, Succeeded(money.transaction_id), None)
    if written:
        await rows.move(tx, message.id, "done", services.clock.now())


async def compare(
    services: Services, tx: Transaction, message: ProviderMessage, attempt: Attempt, money: MoneyReceived
) -> None:
    """The customer paid by the name of a payment that has its outcome: it may be the money of it, or more of it."""
    if await rows.move(tx, message.id, "done", services.clock.now()):
        write = recorder(services, tx, None, action="attempt.revised", actor=Actor("provider", attempt.provider))
        await revise(write, attempt, Succeeded(money.transaction_id))


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
    owner = await receipts.take(tx, message.configuration, money.transaction_id, message.id, services.clock.now())
    if owner != message.id:
        return
    await keep(
        recorder(services, tx, None, action=EVENT),
        message.id,
        money,
        account_id=message.account_id,
        livemode=message.livemode,
        provider=message.provider,
    )


async def _named(reader: Reader, configuration: str, money: MayPay | MoneyReceived) -> Attempt | None:
    """By the reference that customers type, whatever has become of the payment; amount and currency are the same."""
    typed = account_references.typed(money.account_reference)
    attempt = None if typed is None else await attempts.find_by_account_reference(reader, typed)
    if attempt is None or attempt.configuration != configuration:
        return None
    return attempt if (attempt.amount, attempt.currency) == (money.amount, money.currency) else None


async def _takes(reader: Reader, attempt: Attempt) -> bool:
    """Whether a payment still wants its money: it waits, or it failed and nothing else has been tried since."""
    if attempt.open:
        return True
    row = await reader.fetch_one(intent_rows.TABLE.select_sql, {"id": attempt.payment_intent})
    intent = None if row is None else intent_rows.TABLE.read(row)
    if intent is None or attempt.state != Final.FAILED:
        return False
    return intent.status == "requires_payment_method" and intent.latest_charge == attempt.subject


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
