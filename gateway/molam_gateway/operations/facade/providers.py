"""The payment providers: what each can do and how it is."""

from datetime import timedelta
from typing import cast

from ...domain.attempts import AttemptKind
from ...domain.call import Answer, Call
from ...domain.major_units import to_major
from ...domain.provider_health import health
from ...providers.contract import Provider
from ...services import Services
from ...storage import figures
from ...storage.port import Reader
from ..configurations import is_configured
from ..finding import unknown_provider
from .payments import DEFAULT_LIMIT

_OF_LATE = timedelta(minutes=10)


async def list_providers(services: Services, call: Call) -> Answer:
    """A page of providers by its number, in alphabetical order."""
    number, limit = cast(int, call.query.get("page", 1)), cast(int, call.query.get("limit", DEFAULT_LIMIT))
    first = (number - 1) * limit
    providers = [provider for _, provider in sorted(services.providers.by_name.items())]
    async with services.store.reading() as reader:
        data = [await _view(services, call, reader, each) for each in providers[first : first + limit]]
    more = len(providers) > first + limit
    return Answer(200, {"object": "list", "data": data, "page": number, "limit": limit, "has_more": more})


async def retrieve_provider(services: Services, call: Call) -> Answer:
    """One provider."""
    provider = services.providers.find(call.path["name"])
    if provider is None:
        raise unknown_provider(services, call.path["name"])
    async with services.store.reading() as reader:
        return Answer(200, await _view(services, call, reader, provider))


async def _view(services: Services, call: Call, reader: Reader, provider: Provider) -> dict[str, object]:
    can = provider.capabilities
    counts = await figures.of_provider(
        reader, provider=provider.name, livemode=call.account.livemode, since=services.clock.now() - _OF_LATE
    )
    return {
        "name": provider.name,
        "object": "provider",
        "enabled": await is_configured(reader, provider, call.account.id, call.account.livemode)
        or (not call.account.livemode and provider.name in services.providers.simulated),
        "capabilities": {
            "payment_method_types": list(can.payment_method_types),
            "manual_capture": AttemptKind.CAPTURE in can.kinds,
            "refunds": AttemptKind.REFUND in can.kinds,
            "partial_refunds": AttemptKind.REFUND in can.kinds and can.partial_refund,
            "payouts": AttemptKind.PAYOUT in can.kinds,
            "asynchronous": can.asynchronous,
            "queries": AttemptKind.CHARGE in can.queries,
            "idempotent": AttemptKind.CHARGE in can.resend_for,
            "signed_callbacks": can.signed_callbacks,
        },
        "currencies": sorted(can.rules.currencies),
        "limits": [_limit(provider, currency) for currency in sorted(can.rules.currencies)],
        "health": health(counts),
        "livemode": call.account.livemode,
    }


def _limit(provider: Provider, currency: str) -> dict[str, object]:
    rules = provider.capabilities.rules
    return {
        "currency": currency,
        "minimum": to_major(rules.minimum, currency),
        "maximum": to_major(rules.maximum, currency),
        "step": to_major(rules.granularity.get(currency, 1), currency),
    }
