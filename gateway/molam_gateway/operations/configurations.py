"""Opens the configurations that attempts are made with, and makes the sandbox's own."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from ..domain.attempts import Attempt
from ..domain.problems import ProblemError
from ..domain.provider_configurations import (
    Environment,
    ProviderConfiguration,
    identity_of,
    secret_purpose,
    token_purpose,
)
from ..domain.times import milliseconds
from ..providers.configuration import Configuration
from ..providers.contract import Provider
from ..services import Services
from ..storage import provider_callback_tokens as tokens
from ..storage import provider_configurations as rows
from ..storage.port import Reader, Transaction
from .callback_addresses import configuration_url

_TOKEN_BYTES = 20


async def of_attempt(services: Services, attempt: Attempt) -> Configuration:
    """The account at the provider that an attempt was sent with. Raises LookupError if it is gone."""
    provider = services.providers.get(attempt.provider)
    if attempt.configuration is None:
        return unconfigured(provider, attempt.account_id, attempt.livemode)
    async with services.store.reading() as reader:
        row = await rows.find(reader, attempt.configuration)
        if row is None:
            raise LookupError(f"there is no provider configuration {attempt.configuration}")
        return await opened(services, reader, row)


async def for_new_attempts(
    services: Services, tx: Transaction, provider: Provider, account_id: str, livemode: bool
) -> str | None:
    """The id of the account's configuration, None where the provider needs none.

    In the sandbox an account that has none gets the simulator's. Raises provider_not_configured.
    """
    if not provider.capabilities.settings:
        return None
    row = await rows.current(tx, account_id, livemode, provider.name)
    if row is None and not livemode:
        row = await _seeded(services, tx, provider.name, account_id)
    if row is None or not row.usable:
        disabled = "has its configuration disabled" if row is not None else "has no configuration"
        raise ProblemError(
            "provider_not_configured",
            f"{provider.name} {disabled} for this account: configure it before taking payments with it.",
            param="provider",
        )
    return row.id


async def is_configured(reader: Reader, provider: Provider, account_id: str, livemode: bool) -> bool:
    """Whether the account configured a provider by itself, or it needs no configuration."""
    if not provider.capabilities.settings:
        return True
    row = await rows.current(reader, account_id, livemode, provider.name)
    return row is not None and row.usable and not row.seeded


def unconfigured(provider: Provider, account_id: str, livemode: bool) -> Configuration:
    """What a provider without settings is given."""
    return Configuration("", account_id, livemode, provider.base_url(livemode=livemode))


async def opened(services: Services, reader: Reader, row: ProviderConfiguration) -> Configuration:
    """A row as adapters see it, its secrets in clear."""
    token = await tokens.current(reader, row.id)
    return Configuration(
        id=row.id,
        account_id=row.account_id,
        livemode=row.livemode,
        base_url=base_url(services, row.provider, row.environment),
        settings=row.settings,
        secrets={
            name: services.vault.decrypt(secret_purpose(row.id, row.account_id, row.provider, name), sealed)
            for name, sealed in row.secrets.items()
        },
        version=row.version,
        changed_at=row.updated_at if row.version > 1 else None,
        callback_url=None
        if token is None
        else configuration_url(services, services.vault.decrypt(token_purpose(row.id), token)),
    )


def base_url(services: Services, provider: str, environment: str) -> str:
    """Where a provider's API is in one of its environments. Raises LookupError without a simulator."""
    if environment == Environment.SIMULATOR:
        simulated = services.providers.simulated.get(provider)
        if simulated is None:
            raise LookupError(f"this gateway has no simulator of {provider}")
        return simulated.base_url
    return services.providers.get(provider).base_url(livemode=environment == Environment.LIVE)


def sealed(services: Services, id: str, account_id: str, provider: str, values: Mapping[str, str]) -> Mapping[str, str]:
    """Secrets as they rest."""
    return {
        name: services.vault.encrypt(secret_purpose(id, account_id, provider, name), value)
        for name, value in values.items()
    }


async def add_token(services: Services, tx: Transaction, configuration_id: str, now: datetime) -> str:
    """Give a configuration a new callback token; the letters are a to f only, so that it spells no forbidden word."""
    token = secrets.token_hex(_TOKEN_BYTES)
    purpose = token_purpose(configuration_id)
    await tokens.insert(
        tx,
        token,
        configuration_id=configuration_id,
        sealed=services.vault.encrypt(purpose, token),
        now=milliseconds(now),
    )
    return token


async def _seeded(services: Services, tx: Transaction, provider: str, account_id: str) -> ProviderConfiguration | None:
    simulated = services.providers.simulated.get(provider)
    if simulated is None:
        return None
    now = services.clock.now()
    id = services.ids.new("pc", now)
    declared = services.providers.get(provider).capabilities.settings
    settings, secret = simulated.credentials()
    row = ProviderConfiguration(
        id=id,
        account_id=account_id,
        livemode=False,
        provider=provider,
        environment=Environment.SIMULATOR,
        identity=identity_of(tuple(each.name for each in declared if each.identity), {**settings, **secret}),
        settings=settings,
        secrets=sealed(services, id, account_id, provider, secret),
        enabled=True,
        seeded=True,
        superseded_at=None,
        version=1,
        created_at=milliseconds(now),
        updated_at=milliseconds(now),
        sequence=1,
    )
    if await rows.insert_new(tx, row):
        await add_token(services, tx, id, now)
        return row
    return await rows.current(tx, account_id, False, provider)
