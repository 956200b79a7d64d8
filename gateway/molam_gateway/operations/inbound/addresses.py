"""Whose messages come to an address of ours."""

from ...domain.problems import ProblemError
from ...domain.provider_configurations import ProviderConfiguration
from ...domain.times import milliseconds
from ...services import Services
from ...storage import attempts
from ...storage import provider_callback_tokens as tokens
from ...storage import provider_configurations as rows
from ...storage.port import Reader
from ..callback_addresses import attempt_of

_MOST_TRIED = 50
"""How many configurations a webhook without one in its address is checked against."""


async def of_webhook(
    services: Services, reader: Reader, provider: str, configuration: str | None
) -> list[ProviderConfiguration]:
    """The configurations that a message to a provider's own address may be for. Raises parameter_missing.

    Where the address names none, a sandbox takes all of them. A live gateway takes those of the only account that has
    any, so that nobody can have the secrets of many be tried.
    """
    livemode = services.settings.livemode
    if configuration is not None:
        named = await rows.find(reader, configuration)
        suits = named is not None and named.provider == provider and named.livemode == livemode
        return [named] if named is not None and suits and named.hears else []
    hearing = await rows.hearing(reader, provider, livemode, _MOST_TRIED)
    if livemode and len({each.account_id for each in hearing}) != 1:
        raise ProblemError(
            "parameter_missing",
            "?configuration= is missing: register the address that the provider's configuration has as webhook_url.",
            param="configuration",
        )
    return hearing


async def of_callback(
    services: Services, reader: Reader, token: str
) -> tuple[ProviderConfiguration | None, str | None]:
    """The configuration behind an unguessable address, if it hears, and the attempt whose address it is."""
    attempt_id = attempt_of(services, token)
    if attempt_id is not None:
        attempt = await attempts.find_or_none(reader, attempt_id)
        id = None if attempt is None else attempt.configuration
    else:
        known = await tokens.find(reader, token, milliseconds(services.clock.now()))
        id = None if known is None else known.configuration_id
    row = None if id is None else await rows.find(reader, id)
    if row is None or not row.hears or row.provider not in services.providers.by_name:
        return None, None
    return row, attempt_id


async def is_webhook(services: Services, provider: str, configuration: str | None) -> bool:
    """Whether messages to a provider's address, with this configuration or none, are one account's."""
    if provider not in services.providers.by_name:
        return False
    try:
        async with services.store.reading() as reader:
            found = await of_webhook(services, reader, provider, configuration)
    except ProblemError:
        return False
    return len({each.account_id for each in found}) == 1


async def is_callback(services: Services, token: str) -> bool:
    """Whether a configuration or an attempt has this address."""
    async with services.store.reading() as reader:
        row, _ = await of_callback(services, reader, token)
    return row is not None
