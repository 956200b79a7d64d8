"""Binds the addresses where providers send their messages to what takes the messages in."""

from collections.abc import Mapping

from .access.allowance import Limiter
from .access.refusals import Refusals
from .http.provider_messages import CALLBACK, ProviderMessages
from .operations.inbound.addresses import is_callback, is_webhook
from .operations.inbound.receipt import receive_callback, receive_webhook
from .providers.inbound import Acknowledgement, Message
from .services import Services

_UNKNOWN = "unknown"
_KIND = "provider messages"


def provider_messages(services: Services, limiter: Limiter) -> ProviderMessages:
    """The pages that providers post to."""
    names = frozenset({CALLBACK, *services.providers.by_name})

    async def webhook(
        provider: str, configuration: str | None, raw: bytes, headers: Mapping[str, str], remote: str | None
    ) -> Acknowledgement:
        return await receive_webhook(services, provider, configuration, Message(raw, headers, remote))

    async def callback(
        token: str, kind: str | None, raw: bytes, headers: Mapping[str, str], remote: str | None
    ) -> Acknowledgement:
        return await receive_callback(services, token, Message(raw, headers, remote, kind))

    async def knows_webhook(provider: str, configuration: str | None) -> bool:
        return await is_webhook(services, provider, configuration)

    async def knows_callback(token: str) -> bool:
        return await is_callback(services, token)

    def count_refused(provider: str, code: str) -> None:
        services.telemetry.meter.provider_message_refused(provider if provider in names else _UNKNOWN, code)

    return ProviderMessages(
        webhook, callback, knows_webhook, knows_callback, services.ids, Refusals(limiter, _KIND), count_refused
    )
