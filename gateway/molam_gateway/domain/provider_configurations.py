"""A merchant's account at a provider, as it rests in the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Environment(StrEnum):
    """Which of a provider's worlds: real money, the provider's own test environment, or the sandbox's simulator."""

    LIVE = "live"
    TEST = "test"
    SIMULATOR = "simulator"


@dataclass(frozen=True, slots=True)
class ProviderConfiguration:
    """A row of the provider_configurations table; the values of `secrets` are sealed one by one.

    `identity` names the account at the provider. A row that another account took the place of has `superseded_at`: it
    answers for the attempts that were made with it. `version` grows with each change of the secrets. A `seeded` row was
    made by the sandbox, nobody asked for it.
    """

    id: str
    account_id: str
    livemode: bool
    provider: str
    environment: str
    identity: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    enabled: bool
    seeded: bool
    superseded_at: int | None
    version: int
    created_at: int
    updated_at: int
    sequence: int

    @property
    def usable(self) -> bool:
        """Whether new attempts may be made with it."""
        return self.enabled and self.superseded_at is None

    @property
    def hears(self) -> bool:
        """Whether the provider's messages are accepted: for old attempts even from an account that is not used now."""
        return self.enabled or self.superseded_at is not None


def identity_of(names: tuple[str, ...], settings: Mapping[str, str]) -> str:
    """The canonical text of the settings that name the account at the provider."""
    return json.dumps({name: settings.get(name) for name in sorted(names)}, separators=(",", ":"))


def environments(*, livemode: bool) -> tuple[Environment, ...]:
    """The environments of a gateway, its default first."""
    return (Environment.LIVE,) if livemode else (Environment.SIMULATOR, Environment.TEST)


def secret_purpose(id: str, account_id: str, provider: str, name: str) -> str:
    """What is sealed into a secret, so that ciphertexts cannot be swapped between fields, rows or tenants."""
    return f"provider_configuration:{id}:{account_id}:{provider}:{name}"


def token_purpose(id: str) -> str:
    """What is sealed into a callback token."""
    return f"provider_callback_token:{id}"
