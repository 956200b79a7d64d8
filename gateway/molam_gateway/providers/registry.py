"""The providers by name: the built-in ones and those that installed packages announce."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import TypeAlias

from .contract import Provider

ENTRY_POINTS = "molam_gateway.providers"
"""A package offers a provider as an entry point of this group whose object makes it when called without arguments."""

Factory: TypeAlias = Callable[[], Provider]


class ProviderNameError(Exception):
    """Two providers have one name, or none has the name asked for."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """Where a provider's simulator is and what it knows its client by: what a sandbox's accounts begin with.

    `credentials` gives the settings and the secrets; asking for them opens the simulator.
    """

    base_url: str
    credentials: Callable[[], tuple[Mapping[str, str], Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers that this gateway can use; `default` takes the payments that name none (in live mode, nobody).

    `aliases` are names that stand for others: the first one of those that the account can use is taken.
    """

    by_name: Mapping[str, Provider]
    default: Provider | None
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    simulated: Mapping[str, Simulated] = field(default_factory=dict[str, Simulated])

    def find(self, name: str | None) -> Provider | None:
        """The provider of this name, the default one for no name, None if there is none."""
        return self.default if name is None else self.by_name.get(name)

    def named(self, name: str) -> Sequence[Provider]:
        """The providers that a name or an alias stands for, in their order."""
        names = self.aliases.get(name, (name,))
        return [self.by_name[each] for each in names if each in self.by_name]

    def get(self, name: str) -> Provider:
        """The provider that an existing object was made with. Raises ProviderNameError if it is gone."""
        try:
            return self.by_name[name]
        except KeyError:
            raise ProviderNameError(f"no provider is called {name!r}: it made objects that are still here") from None


def announced() -> list[Provider]:
    """The providers of installed packages."""
    return [make(point.load()) for point in entry_points(group=ENTRY_POINTS)]


def make(factory: Factory) -> Provider:
    """Call an entry point's object."""
    return factory()


def registry(
    default: Provider | None,
    others: Iterable[Provider] = (),
    *,
    aliases: Mapping[str, Sequence[str]] | None = None,
    simulated: Mapping[str, Simulated] | None = None,
) -> Providers:
    """Gather providers by their names. Raises ProviderNameError if two share one, or one is called as an alias is."""
    by_name: dict[str, Provider] = {}
    for provider in (*([] if default is None else [default]), *others):
        if provider.name in by_name or provider.name in (aliases or {}):
            raise ProviderNameError(f"two providers are called {provider.name!r}")
        by_name[provider.name] = provider
    return Providers(by_name, default, aliases or {}, simulated or {})
