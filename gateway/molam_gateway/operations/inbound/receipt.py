"""Takes a provider's message in: whose is it, is it real, keep it, answer at once."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ... import failpoints
from ...domain.problems import ProblemError
from ...domain.provider_configurations import ProviderConfiguration
from ...domain.provider_messages import ProviderMessage, body_purpose
from ...domain.times import milliseconds
from ...providers.configuration import Configuration
from ...providers.contract import Provider
from ...providers.inbound import Acknowledgement, ForgedError, MayPay, Message, News, Report, UnreadableError
from ...services import Services
from ...storage import attempts, jobs
from ...storage import provider_messages as rows
from ...storage.port import Transaction
from ..configurations import opened
from . import addresses
from .customers_money import may_pay
from .keys import inbox_key

_UNREADABLE = "unreadable"

logger = logging.getLogger("molam_gateway.inbound")


@dataclass(frozen=True, slots=True)
class _Sender:
    """Whose message it may be; `attempt` if it came to the address of one."""

    provider: Provider
    row: ProviderConfiguration
    configuration: Configuration
    attempt: str | None = None


async def receive_webhook(
    services: Services, provider_name: str, configuration: str | None, message: Message
) -> Acknowledgement:
    """A message to a provider's own address. Raises route_missing, signature_invalid or parameter_missing.

    Where the address does not name the configuration, the account is the one by whose secret the signature fits: of all
    in a sandbox, in live mode only where no other account has one of this provider.
    """
    provider = services.providers.by_name.get(provider_name)
    if provider is None or not provider.capabilities.settings:
        raise ProblemError("route_missing", "There is nothing at this path.")
    async with services.store.reading() as reader:
        found = await addresses.of_webhook(services, reader, provider.name, configuration)
        senders = [_Sender(provider, row, await opened(services, reader, row)) for row in found]
    if configuration is None and services.settings.livemode:
        logger.warning(
            "a message to %s's address without ?configuration= was taken as the only account's: register webhook_url",
            provider.name,
        )
    return await _taken_in(services, provider, senders, message)


async def receive_callback(services: Services, token: str, message: Message) -> Acknowledgement:
    """A message to an unguessable address. Raises route_missing or signature_invalid."""
    async with services.store.reading() as reader:
        row, attempt_id = await addresses.of_callback(services, reader, token)
        if row is None:
            raise ProblemError("route_missing", "There is nothing at this path.")
        provider = services.providers.get(row.provider)
        sender = _Sender(provider, row, await opened(services, reader, row), attempt_id)
    return await _taken_in(services, provider, [sender], message)


async def _taken_in(
    services: Services, provider: Provider, senders: Sequence[_Sender], message: Message
) -> Acknowledgement:
    authentic = [each for each in senders if _is_authentic(each, message)]
    if not authentic:
        await _count_forged(services, provider.name, message)
        raise ProblemError("signature_invalid", f"The message does not come from {provider.name}.")
    sender = authentic[0]
    try:
        reports = provider.read(message, sender.configuration)
    except UnreadableError:
        async with services.store.transaction() as tx:
            key = f"{_UNREADABLE}:{hashlib.sha256(message.body).hexdigest()}"
            await _keep(services, tx, sender, key, _UNREADABLE, message)
        services.wake()
        return provider.acknowledge(None, accepted=True)
    first = reports[0] if reports else None
    if isinstance(first, MayPay):
        return provider.acknowledge(first, accepted=await may_pay(services, sender.row, first))
    async with services.store.transaction() as tx:
        for report in reports:
            if not isinstance(report, MayPay):
                owner = await _owner(tx, authentic, report)
                key = inbox_key(report, owner.attempt, message.body)
                await _keep(services, tx, owner, key, "authentic", message)
        failpoints.reach("before_keeping")
    failpoints.reach("after_keeping")
    services.wake()
    return provider.acknowledge(first, accepted=True)


async def _count_forged(services: Services, provider: str, message: Message) -> None:
    count = services.forgeries.note(provider, services.clock.real_now())
    if count:
        digest = hashlib.sha256(message.body).hexdigest()
        async with services.store.transaction() as tx:
            await rows.count_forged(tx, provider, count, digest, services.clock.now())
        logger.warning("messages to %s that are not the provider's were refused: %s", provider, count)


def _is_authentic(sender: _Sender, message: Message) -> bool:
    try:
        sender.provider.verify(message, sender.configuration)
    except ForgedError:
        return False
    return True


async def _owner(tx: Transaction, authentic: Sequence[_Sender], report: Report) -> _Sender:
    """Of several accounts that one secret verifies, the one with the attempt that the report is about."""
    if len(authentic) == 1 or not isinstance(report, News):
        return authentic[0]
    provider = authentic[0].provider.name
    about = [] if report.handle is None else await attempts.find_by_handle(tx, provider, report.handle)
    if report.reference is not None:
        named = await attempts.find_by_reference(tx, report.reference)
        about = about if named is None else [named, *about]
    used = {each.configuration for each in about}
    return next((each for each in authentic if each.row.id in used), authentic[0])


async def _keep(services: Services, tx: Transaction, sender: _Sender, key: str, verdict: str, message: Message) -> None:
    now = services.clock.now()
    id = services.ids.new("pm", now)
    row = ProviderMessage(
        id=id,
        configuration=sender.row.id,
        account_id=sender.row.account_id,
        livemode=sender.row.livemode,
        provider=sender.provider.name,
        key=key,
        attempt=sender.attempt,
        kind=message.kind,
        body=services.vault.encrypt(body_purpose(id), message.body.decode("latin-1")),
        verdict=verdict,
        state="received",
        tries=0,
        created_at=milliseconds(now),
        updated_at=milliseconds(now),
        sequence=1,
    )
    if not await rows.insert_new(tx, row):
        known = await rows.find_known(tx, sender.row.id, key)
        if known is None or known.state != "orphan":
            return
        id = known.id
    await jobs.schedule(tx, rows.PROCESS, id, now)
