"""Provider configurations: setting them up, changing them, looking at them masked, trying them."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

from ..domain.call import Answer, Call
from ..domain.problems import ProblemError
from ..domain.provider_configurations import (
    Environment,
    ProviderConfiguration,
    environments,
    identity_of,
    secret_purpose,
)
from ..domain.times import milliseconds, rfc3339
from ..providers.configuration import Configuration, ConfigurationError
from ..providers.contract import ProbeError, Provider
from ..services import Services
from ..storage import provider_callback_tokens as tokens
from ..storage import provider_configurations as rows
from ..storage.port import Reader, Transaction
from .callback_addresses import webhook_url
from .configurations import add_token, opened, sealed
from .execution import Claim, idempotently, in_steps
from .finding import missing, unknown_provider
from .recorder import recorder

OVERLAP = timedelta(days=7)
"""How long messages are still taken at an address after its token was replaced."""

_PROBE_PATIENCE = 15.0
_SHOWN_FROM = 12
_FINGERPRINT = 16


async def configure_provider(services: Services, call: Call) -> Answer:
    """Set up the account's configuration of a provider, or change it; what is not given stays.

    Other credentials of the same account at the provider update it; so does the first naming of an account that did not
    have to be named when it was configured, which is asked for as soon as settings are given. Another account there
    makes a new configuration, and the old one goes on answering for the attempts that were made with it.
    """
    provider = _provider(services, call)
    body = call.body or {}
    given = cast(Mapping[str, str], body.get("settings", {}))

    async def work(tx: Transaction) -> Answer:
        before = await rows.current(tx, call.account.id, call.account.livemode, provider.name, lock=tx.for_update)
        environment = _environment(services, call, provider, before, cast(str | None, body.get("environment")))
        kept = before if before is not None and before.environment == environment else None
        plain, secret = _values(services, provider, environment, kept, given)
        try:
            provider.check(plain, secret, services.settings.public_url)
        except ConfigurationError as error:
            raise ProblemError("parameter_invalid", str(error), param="settings") from None
        enabled = cast(bool, body.get("enabled", True if before is None else before.enabled))
        row = await _written(services, tx, call, provider, environment, before, plain, secret, enabled)
        if body.get("rotate_callback_token"):
            await tokens.expire(tx, row.id, milliseconds(services.clock.now() + OVERLAP))
            await add_token(services, tx, row.id, services.clock.now())
        return Answer(200, await view(services, tx, provider, row))

    return await idempotently(services, call, work, secret=True)


async def retrieve_provider_configuration(services: Services, call: Call) -> Answer:
    """The account's configuration of a provider, masked. Raises resource_missing."""
    provider = _provider(services, call)
    async with services.store.reading() as reader:
        row = await _current(reader, call, provider)
        return Answer(200, await view(services, reader, provider, row))


async def test_provider(services: Services, call: Call) -> Answer:
    """Ask the provider whether the configured credentials work; no money moves."""
    provider = _provider(services, call)

    async def begin(tx: Transaction, claim: Claim) -> str:
        return (await _current(tx, call, provider)).id

    async def proceed(_: Claim, id: str) -> Answer:
        async with services.store.reading() as reader:
            row = await rows.find(reader, id)
            if row is None:
                raise missing("provider_configurations", id)
            configuration = await opened(services, reader, row)
        problem = await _problem(provider, configuration)
        return Answer(
            200,
            {
                "object": "provider_test",
                "provider": provider.name,
                "configuration": row.id,
                "succeeded": problem is None,
                "detail": problem,
                "livemode": row.livemode,
            },
        )

    return await in_steps(services, call, begin, proceed)


async def _problem(provider: Provider, configuration: Configuration) -> str | None:
    try:
        async with asyncio.timeout(_PROBE_PATIENCE):
            await provider.probe(configuration)
    except (ProbeError, ConfigurationError) as error:
        return str(error)
    except TimeoutError:
        return f"{provider.name} did not answer in time."
    return None


async def view(services: Services, reader: Reader, provider: Provider, row: ProviderConfiguration) -> dict[str, object]:
    """The API form: secrets by their last four characters and a fingerprint, the addresses to register."""
    configuration = await opened(services, reader, row)
    return {
        "id": row.id,
        "object": "provider_configuration",
        "provider": row.provider,
        "environment": row.environment,
        "enabled": row.usable,
        "version": row.version,
        "settings": [
            _member(services, each.name, configuration.secrets if each.secret else configuration.settings, each.secret)
            for each in provider.capabilities.settings
        ],
        "webhook_url": webhook_url(services, row.provider, row.id),
        "callback_url": configuration.callback_url,
        "livemode": row.livemode,
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    }


async def _written(
    services: Services,
    tx: Transaction,
    call: Call,
    provider: Provider,
    environment: str,
    before: ProviderConfiguration | None,
    plain: Mapping[str, str],
    secret: Mapping[str, str],
    enabled: bool,
) -> ProviderConfiguration:
    """The row of this account at the provider as it now is; another one steps back for it."""
    now = services.clock.now()
    account = call.account
    declared = provider.capabilities.settings
    identity = identity_of(tuple(each.name for each in declared if each.identity), {**plain, **secret})
    write = recorder(services, tx, call)
    known = await rows.same(tx, account.id, account.livemode, provider.name, environment, identity)
    if known is None and before is not None and before.environment == environment:
        known = before if _told_more(provider, before, {**plain, **secret}) else None
    if before is not None and (known is None or known.id != before.id):
        stepped = await rows.TABLE.update(tx, replace(before, superseded_at=milliseconds(now)), now)
        await write.note(rows.TABLE, before, stepped)
    if known is None:
        id = services.ids.new("pc", now)
        row = ProviderConfiguration(
            id=id,
            account_id=account.id,
            livemode=account.livemode,
            provider=provider.name,
            environment=environment,
            identity=identity,
            settings=plain,
            secrets=sealed(services, id, account.id, provider.name, secret),
            enabled=enabled,
            seeded=False,
            superseded_at=None,
            version=1,
            created_at=milliseconds(now),
            updated_at=milliseconds(now),
            sequence=1,
        )
        await rows.TABLE.insert(tx, row)
        await add_token(services, tx, id, now)
        await write.note(rows.TABLE, None, row)
        return row
    changed = replace(
        known,
        identity=identity,
        settings=plain,
        secrets=sealed(services, known.id, account.id, provider.name, secret),
        enabled=enabled,
        seeded=False,
        superseded_at=None,
        version=known.version + (_secrets(services, known) != dict(secret)),
    )
    written = await rows.TABLE.update(tx, changed, now)
    await write.note(rows.TABLE, known, written)
    return written


def _values(
    services: Services,
    provider: Provider,
    environment: str,
    kept: ProviderConfiguration | None,
    given: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, str]]:
    """The settings and the secrets: what is given over what is kept, or over what the simulator knows.

    Raises parameter_unknown, parameter_invalid or parameter_missing; no message holds a value.
    """
    declared = {each.name: each for each in provider.capabilities.settings}
    for name, value in given.items():
        if name not in declared:
            raise ProblemError("parameter_unknown", f"{provider.name} has no setting {name}.", param="settings")
        if not re.fullmatch(declared[name].pattern, value, re.ASCII | re.DOTALL):
            detail = f"settings.{name} does not look right: {declared[name].description}"
            raise ProblemError("parameter_invalid", detail, param=f"settings.{name}")
    known: dict[str, str] = {}
    if kept is not None:
        known = {**kept.settings, **_secrets(services, kept)}
    elif environment == Environment.SIMULATOR:
        settings, secrets = services.providers.simulated[provider.name].credentials()
        known = {**settings, **secrets}
    values = {**known, **given}
    for name, setting in declared.items():
        awaited = kept is not None and setting.identity and not given
        if setting.required and name not in values and not awaited:
            detail = f"{provider.name} needs settings.{name}: {setting.description}"
            raise ProblemError("parameter_missing", detail, param=f"settings.{name}")
    return (
        {name: value for name, value in values.items() if not declared[name].secret},
        {name: value for name, value in values.items() if declared[name].secret},
    )


def _told_more(provider: Provider, before: ProviderConfiguration, values: Mapping[str, str]) -> bool:
    """Whether these settings name the account of `before`, of which less was asked when it was written."""
    kept: dict[str, str | None] = json.loads(before.identity)
    naming = [each for each in provider.capabilities.settings if each.identity]
    untold = [each for each in naming if kept.get(each.name) is None and values.get(each.name) is not None]
    same = all(kept.get(each.name) == values.get(each.name) for each in naming if each not in untold)
    return same and all(each.required for each in untold)


def _environment(
    services: Services, call: Call, provider: Provider, before: ProviderConfiguration | None, asked: str | None
) -> str:
    """Where the provider's API is to be found. Raises parameter_invalid."""
    possible = [
        each
        for each in environments(livemode=call.account.livemode)
        if each is not Environment.SIMULATOR or provider.name in services.providers.simulated
    ]
    chosen = asked or (before.environment if before is not None else possible[0])
    if chosen not in possible:
        names = " or ".join(possible)
        raise ProblemError("parameter_invalid", f"Here {provider.name} can be {names} only.", param="environment")
    return chosen


def _secrets(services: Services, row: ProviderConfiguration) -> dict[str, str]:
    return {
        name: services.vault.decrypt(secret_purpose(row.id, row.account_id, row.provider, name), token)
        for name, token in row.secrets.items()
    }


def _member(services: Services, name: str, values: Mapping[str, str], secret: bool) -> dict[str, object]:
    value = values.get(name)
    masked = secret and value is not None
    return {
        "name": name,
        "secret": secret,
        "value": None if secret else value,
        "last4": value[-4:] if masked and value is not None and len(value) >= _SHOWN_FROM else None,
        "fingerprint": services.vault.fingerprint(value)[:_FINGERPRINT] if masked and value is not None else None,
    }


def _provider(services: Services, call: Call) -> Provider:
    provider = services.providers.by_name.get(call.path["name"])
    if provider is None:
        raise unknown_provider(services, call.path["name"])
    if not provider.capabilities.settings:
        raise ProblemError("parameter_invalid", f"{provider.name} needs no configuration.", param="name")
    return provider


async def _current(reader: Reader, call: Call, provider: Provider) -> ProviderConfiguration:
    row = await rows.current(reader, call.account.id, call.account.livemode, provider.name)
    if row is None:
        raise missing("provider_configurations", provider.name)
    return row
