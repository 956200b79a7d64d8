"""The addresses that providers are told to send their messages to."""

from ..domain import callback_tokens
from ..services import Services

CALLBACKS = "/api/v1/callbacks"
WEBHOOKS = "/api/v1/webhooks"

_KEY = "callback addresses"


def callback_url(services: Services, attempt_id: str) -> str:
    """The address of one attempt's callbacks."""
    token = callback_tokens.of_attempt(attempt_id, services.vault.derivations(_KEY)[0])
    return configuration_url(services, token)


def attempt_of(services: Services, token: str) -> str | None:
    """The attempt whose callbacks come to this token, None if it is no attempt's."""
    return callback_tokens.attempt_of(token, services.vault.derivations(_KEY))


def configuration_url(services: Services, token: str) -> str:
    """The address under a token."""
    return f"{services.settings.public_url}{CALLBACKS}/{token}"


def webhook_url(services: Services, provider: str, configuration_id: str) -> str:
    """The address of the webhooks of one account at a provider."""
    return f"{services.settings.public_url}{WEBHOOKS}/{provider}?configuration={configuration_id}"
