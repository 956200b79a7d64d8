"""Acts on the messages in the inbox, under the same leases as everybody else; a message may be acted on again."""

import logging
from datetime import datetime, timedelta

from ... import failpoints
from ...domain.attempts import Attempt, Final, Slot
from ...domain.audit.actors import Actor
from ...domain.leases import LEASE
from ...domain.operator_cases import CaseKind
from ...domain.outcomes import Failed, Succeeded
from ...domain.provider_messages import ProviderMessage, answer_after, body_purpose, retry_after
from ...domain.times import milliseconds
from ...providers.inbound import MayPay, Message, MoneyReceived, News, Report, UnreadableError
from ...services import Services
from ...storage import attempts
from ...storage import provider_configurations as configuration_rows
from ...storage import provider_messages as rows
from ...storage.port import Reader, Transaction
from ..cases import open_case
from ..configurations import opened
from ..inquiry import ask, askable, look, take_lease, write_down
from ..recorder import recorder
from ..settlement.revision import contradict, revise
from ..settlement.rows import lock_root
from .belief import believable, is_answer, other_amount, with_facts
from .customers_money import compare, keep_unmatched, settle, waiting_for
from .keys import inbox_key

_BUSY = timedelta(seconds=1)
_CALLED_OFF = timedelta(seconds=30)

logger = logging.getLogger("molam_gateway.inbound")


async def process(services: Services, message_id: str) -> datetime | None:
    """Do what a message asks for; returns when to look again if it cannot be done yet."""
    async with services.store.reading() as reader:
        message = await rows.find(reader, message_id)
        if message is None or message.state == "done":
            return None
        report = await _report(services, reader, message)
    match report:
        case News():
            async with services.store.reading() as reader:
                about = await _attempt(reader, message, report)
            return await (_not_found(services, message) if about is None else _told(services, message, about, report))
        case MoneyReceived():
            async with services.store.reading() as reader:
                awaiting = await waiting_for(reader, message, report)
            return await _paid(services, message, awaiting, report)
        case MayPay() | None:
            await _orphaned(services, message, "the message cannot be read")
            return None


async def _told(services: Services, message: ProviderMessage, attempt: Attempt, news: News) -> datetime | None:
    """Settle an open attempt by what was told, or compare a final one with it."""
    if not attempt.open:
        return await _compared(services, message, attempt, news)
    token = services.ids.new("lease", services.clock.real_now())
    if not await _leased(services, attempt, token):
        return services.clock.now() + _BUSY
    async with services.store.reading() as reader:
        attempt = await attempts.find(reader, attempt.id)
    outcome = believable(attempt, news)
    if outcome is None and not news.answers:
        outcome = await ask(services, attempt, may_send=False)
    failpoints.reach("before_acting")
    async with services.store.transaction() as tx:
        if outcome is None:
            await attempts.release(tx, attempt.id, token=token)
            await rows.move(tx, message.id, "done", services.clock.now())
            return None
        outcome = with_facts(outcome, attempt, news)
        if not await write_down(services, tx, attempt, token, outcome, None):
            called_off = await attempts.find_open(tx, attempt.subject, Slot.CHANGE)
            return services.clock.now() + (_CALLED_OFF if called_off else _BUSY)
        again = await _ended(services, tx, message, answered=is_answer(outcome, news))
    failpoints.reach("after_acting")
    return again


async def _compared(services: Services, message: ProviderMessage, attempt: Attempt, news: News) -> datetime | None:
    """Hold what was told against a final state; what nobody signed is asked about before it takes anything back."""
    said = believable(attempt, news)
    proven = services.providers.get(attempt.provider).capabilities.signed_callbacks
    hearsay = isinstance(said, Failed) and attempt.state == Final.SUCCEEDED and not proven
    answered = True
    if (said is None or hearsay) and not news.answers and askable(services, attempt):
        found = await look(services, attempt)
        if isinstance(found, Succeeded | Failed):
            said, proven = with_facts(found, attempt, news), True
        answered = found is None or said is not None or is_answer(found, news)
    async with services.store.transaction() as tx:
        again = await _ended(services, tx, message, answered=answered)
        write = recorder(services, tx, None, action="attempt.revised", actor=Actor("provider", attempt.provider))
        if again is None and said is not None:
            await revise(write, attempt, said, proven=proven)
        receipt = other_amount(attempt, news)
        if again is None and receipt is not None:
            await lock_root(tx, attempt)
            detail = f"a message tells of {news.amount} {attempt.currency} (minor units) as {receipt}"
            await contradict(write, attempt, f"{receipt}:{news.amount}", detail)
    return again


async def _ended(services: Services, tx: Transaction, message: ProviderMessage, *, answered: bool) -> datetime | None:
    """Be done with a message whose question has its answer; when to look again if it has none yet."""
    now = services.clock.now()
    age = (milliseconds(now) - message.created_at) / 1000
    seconds = None if answered else answer_after(message.tries, age)
    await rows.move(tx, message.id, "done" if seconds is None else "received", now)
    return None if seconds is None else now + timedelta(seconds=seconds)


async def _paid(
    services: Services, message: ProviderMessage, attempt: Attempt | None, money: MoneyReceived
) -> datetime | None:
    if attempt is None:
        async with services.store.transaction() as tx:
            await keep_unmatched(services, tx, message, money)
        return None
    if not attempt.open:
        async with services.store.transaction() as tx:
            await compare(services, tx, message, attempt, money)
        return None
    token = services.ids.new("lease", services.clock.real_now())
    if not await _leased(services, attempt, token):
        return services.clock.now() + _BUSY
    async with services.store.transaction() as tx:
        current = await attempts.find(tx, attempt.id)
        await settle(services, tx, message, current, token, money)
        again = await rows.find(tx, message.id)
    return None if again is None or again.state == "done" else services.clock.now() + _BUSY


async def _leased(services: Services, attempt: Attempt, token: str) -> bool:
    """Take the lease on an open attempt; on one that was not sent, as we believed, too."""
    if attempt.state != "unsent":
        return await take_lease(services, attempt.id, token)
    real_now = services.clock.real_now()
    until = real_now + timedelta(seconds=LEASE)
    async with services.store.transaction() as tx:
        return await attempts.send_again(tx, attempt.id, token=token, until=until, real_now=real_now)


async def _not_found(services: Services, message: ProviderMessage) -> datetime | None:
    """A message may be faster than the transaction that stores what it is found by."""
    seconds = retry_after(message.tries)
    if seconds is None:
        await _orphaned(services, message, "there is no attempt that the message could be about")
        return None
    async with services.store.transaction() as tx:
        await rows.move(tx, message.id, "received", services.clock.now())
    return services.clock.now() + timedelta(seconds=seconds)


async def _orphaned(services: Services, message: ProviderMessage, why: str) -> None:
    async with services.store.transaction() as tx:
        await rows.move(tx, message.id, "orphan", services.clock.now())
        await open_case(
            recorder(services, tx, None),
            CaseKind.ORPHAN,
            message.id,
            account_id=message.account_id,
            livemode=message.livemode,
            provider=message.provider,
            payment_intent=None,
            detail=f"{message.key}: {why}",
        )


async def _attempt(reader: Reader, message: ProviderMessage, news: News) -> Attempt | None:
    """The attempt that the news is about, if the sender's account made it."""
    found: list[Attempt] = []
    if news.reference is not None:
        named = await attempts.find_by_reference(reader, news.reference)
        found += [] if named is None else [named]
    if news.handle is not None:
        found += await attempts.find_by_handle(reader, message.provider, news.handle)
    if message.attempt is not None and not found:
        addressed = await attempts.find_or_none(reader, message.attempt)
        other = addressed is not None and news.handle is not None and addressed.handle not in {None, news.handle}
        found += [] if addressed is None or other else [addressed]
    return next((each for each in found if each.configuration == message.configuration), None)


async def _report(services: Services, reader: Reader, message: ProviderMessage) -> Report | None:
    """The report that was kept under the message's key, read again from its body."""
    row = await configuration_rows.find(reader, message.configuration)
    if row is None:
        return None
    body = services.vault.decrypt(body_purpose(message.id), message.body).encode("latin-1")
    configuration = await opened(services, reader, row)
    try:
        reports = services.providers.get(message.provider).read(Message(body, kind=message.kind), configuration)
    except UnreadableError:
        return None
    for each in reports:
        if not isinstance(each, MayPay) and message.key in {each.key, inbox_key(each, message.attempt, body)}:
            return each
    return None
