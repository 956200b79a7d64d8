"""Acts on the messages in the inbox, under the same leases as everybody else; a message may be acted on again."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from ... import failpoints
from ...domain.attempts import Attempt
from ...domain.audit.actors import Actor
from ...domain.leases import LEASE
from ...domain.operator_cases import CaseKind
from ...domain.outcomes import Outcome, Succeeded
from ...domain.provider_messages import ProviderMessage, body_purpose, retry_after
from ...providers.inbound import MayPay, Message, MoneyReceived, News, Report, UnreadableError
from ...services import Services
from ...storage import attempts
from ...storage import provider_configurations as configuration_rows
from ...storage import provider_messages as rows
from ...storage.port import Reader
from ..cases import open_case
from ..configurations import opened
from ..inquiry import ask, look, take_lease, write_down
from ..recorder import recorder
from ..settlement.revision import revise
from .customers_money import keep_unmatched, settle, waiting_for

_BUSY = timedelta(seconds=1)

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
    token = services.ids.new("lease", services.clock.real_now())
    believed = news.amount is None or news.amount == attempt.amount
    if attempt.open:
        if not await _leased(services, attempt, token):
            return services.clock.now() + _BUSY
        async with services.store.reading() as reader:
            attempt = await attempts.find(reader, attempt.id)
        outcome = news.outcome if believed else None
        if outcome is None:
            outcome = await ask(services, attempt, may_send=False)
        outcome = _with_facts(outcome, news, believed=believed)
        failpoints.reach("before_acting")
        async with services.store.transaction() as tx:
            if not await write_down(services, tx, attempt, token, outcome, None):
                return services.clock.now() + _BUSY
            await rows.move(tx, message.id, "done", services.clock.now())
        failpoints.reach("after_acting")
        return None
    said = news.outcome if believed and news.outcome is not None else await look(services, attempt)
    async with services.store.transaction() as tx:
        if await rows.move(tx, message.id, "done", services.clock.now()) and said is not None:
            actor = Actor("provider", attempt.provider)
            current = await attempts.find(tx, attempt.id)
            await revise(recorder(services, tx, None, action="attempt.revised", actor=actor), current, said)
    return None


async def _paid(
    services: Services, message: ProviderMessage, attempt: Attempt | None, money: MoneyReceived
) -> datetime | None:
    if attempt is None:
        async with services.store.transaction() as tx:
            await keep_unmatched(services, tx, message, money)
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
    return next((each for each in reports if not isinstance(each, MayPay) and each.key == message.key), None)


def _with_facts(outcome: Outcome, news: News, *, believed: bool) -> Outcome:
    """The outcome with what only the message tells: the receipt, and the provider's name for the attempt."""
    if isinstance(outcome, Succeeded) and believed and news.transaction_id is not None:
        outcome = replace(outcome, transaction_id=news.transaction_id)
    if news.handle is not None and isinstance(outcome, Succeeded) and outcome.handle is None:
        return replace(outcome, handle=news.handle)
    return outcome
