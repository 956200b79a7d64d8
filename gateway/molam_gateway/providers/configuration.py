"""What a merchant tells the gateway about an account at a provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Setting:
    """One member of a configuration.

    `pattern` is a regular expression for the whole value; `secret` ones are encrypted at rest and never shown;
    the `identity` ones together name the account at the provider: another identity is another configuration.
    """

    name: str
    description: str
    pattern: str = r"[\x20-\x7e]{1,255}"
    secret: bool = False
    required: bool = True
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """An account at a provider: `settings` can be shown, `secrets` cannot, and no repr shows them.

    `base_url` is where the provider's API is (the real one, its test environment or a simulator), without a slash at
    its end. `version` grows with each change of the secrets. `callback_url` is an address of this configuration alone,
    for what belongs to no instruction: append `/` and a kind of one's own.
    """

    id: str
    account_id: str
    livemode: bool
    base_url: str
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    version: int = 1
    changed_at: int | None = None
    callback_url: str | None = field(default=None, repr=False)

    def secret(self, name: str) -> str:
        """A secret that the adapter requires. Raises ConfigurationError if it is not there."""
        return _required(self.secrets, name)

    def setting(self, name: str) -> str:
        """A setting that the adapter requires. Raises ConfigurationError if it is not there."""
        return _required(self.settings, name)


class ConfigurationError(Exception):
    """A configuration cannot be used; the message names the member and what to do, never its value."""


def _required(members: Mapping[str, str], name: str) -> str:
    try:
        return members[name]
    except KeyError:
        raise ConfigurationError(f"the provider's configuration has no {name}: configure it") from None
