"""Binds the addresses where providers send their messages to what takes the messages in."""

from collections.abc import Mapping

from .http.provider_messages import ProviderMessages
from .operations.inbound.receipt import receive_callback, receive_webhook
from .providers.inbound import Acknowledgement, Message
from .services import Services


def provider_messages(services: Services) -> ProviderMessages:
    """The pages that providers post to."""

    async def webhook(
        provider: str, configuration: str | None, raw: bytes, headers: Mapping[str, str], remote: str | None
    ) -> Acknowledgement:
        return await receive_webhook(services, provider, configuration, Message(raw, headers, remote))

    async def callback(
        token: str, kind: str | None, raw: bytes, headers: Mapping[str, str], remote: str | None
    ) -> Acknowledgement:
        return await receive_callback(services, token, Message(raw, headers, remote, kind))

    return ProviderMessages(webhook, callback, services.ids)
