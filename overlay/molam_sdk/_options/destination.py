"""Decides where the calls of a client go, and refuses keys that do not belong there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError
from .environments import BASE_URLS, REGION, REGION_TEMPLATE, REGIONS, environment_of_host, environment_of_key
from .urls import host_of, is_loopback
from .urls import region as region_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..config import Config


def base_url(config: Config, region: str | None) -> str:
    """Return the base URL of a region, without a name that of the configured one."""
    name = config.region if region is None else region
    if name is None or name == "auto":
        return _home(config)
    if config.regions is not None and name in config.regions:
        return config.regions[name]
    if config.api_base is not None and REGION in config.api_base:
        return config.api_base.replace(REGION, name)
    if config.regions is None and config.api_base is None and _environment(config) == "production":
        return REGION_TEMPLATE.replace(REGION, name)
    if config.region == "auto":
        return _home(config)
    raise ConfigurationError(f"no host is known for the region {name}; name it in regions")


def addresses(config: Config) -> tuple[str, ...]:
    """Return the base URLs of the regions that may be named; `{region}` in one stands for the name."""
    named = tuple((config.regions or {}).values())
    if config.api_base is not None:
        return (*named, config.api_base)
    if config.regions is None and _environment(config) == "production":
        return (REGION_TEMPLATE,)
    return named


def is_molam(config: Config) -> bool:
    """Whether calls go to one of Molam's own hosts or to the local sandbox."""
    return config.environment == "local" or environment_of_host(host_of(base_url(config, None))) is not None


def check_destination(config: Config) -> None:
    """Raise ConfigurationError for options that contradict each other about where calls go."""
    base = config.api_base
    if config.regions and config.region is None:
        named = base is not None or config.environment is not None
        if not (named and config.fallback_regions):
            raise ConfigurationError('regions has no effect without region: pass the name of the one to use, or "auto"')
    if base is None:
        pass
    elif REGION not in base:
        for name in ("environment", "region"):
            if getattr(config, name) is not None:
                raise ConfigurationError(f"api_base and {name} exclude each other unless api_base contains {REGION}")
    elif config.region is None or (config.region == "auto" and not config.fallback_regions):
        raise ConfigurationError(f"api_base contains {REGION}; pass region with the name to put there")
    homes = (config.regions or ()) if config.region == "auto" else ()
    for address in {base_url(config, name) for name in (None, *config.fallback_regions, *homes)}:
        check_address(config, address)


def check_address(config: Config, address: str) -> None:
    """Raise ConfigurationError for a host that must not get this key, or not without certificate checks."""
    if not config.verify and not is_loopback(address):
        raise ConfigurationError("verify=False is for loopback hosts only; pass ca_bundle")
    if config.proxy is not None:
        check_proxy(config, address, config.proxy)
    _check_mode(config.livemode, environment_of_host(host_of(address)))


def check_proxy(config: Config, address: str, proxy: str) -> None:
    """Raise ConfigurationError for a proxy elsewhere, behind which "this machine" is another one.

    What is sent to the loopback without TLS, or without checking it, would leave this machine.
    """
    if is_loopback(proxy) or not (address.startswith("http:") or not config.verify):
        return
    what = "verify=False is" if address.startswith("https:") else "http is"
    raise ConfigurationError(f"{what} for this machine only, and the proxy is another: leave it out, or set NO_PROXY")


def variables_for(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield which of api_base, environment and region the environment may still decide."""
    base = options["api_base"]
    if base is not None:
        if isinstance(base, str) and REGION in base:
            yield "region"
        return
    if options["environment"] is None and options["region"] is None:
        yield "api_base"
    yield "environment"
    yield "region"


def to_region(config: Config, name: object, home: str | None) -> dict[str, Any]:
    """Return the options that put another region first; `home` is what `auto` has come to.

    Raises:
        ConfigurationError: For a name that stands for no region.
    """
    chosen = region_name("region", name)
    configured = home if config.region == "auto" else config.region
    named = dict.fromkeys((configured, *config.fallback_regions))
    free = config.api_base is not None and REGION in config.api_base
    known = REGIONS if config.regions is None else tuple(config.regions)
    if config.api_base is not None and not free:
        raise ConfigurationError(
            f"api_base names one host, so there is no other region; make a client with regions, or {REGION} in it"
        )
    if chosen is None or not (free or chosen in named or chosen in known or chosen == "auto"):
        raise ConfigurationError(
            f"the region must be auto or one of {', '.join(known)}; name another one in regions or fallback_regions"
        )
    others = [each for each in named if each not in (None, "auto", chosen)]
    return {"region": chosen, "fallback_regions": tuple(others) if config.fallback_regions else ()}


def redirect(config: Config, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return `options` with None for what they put out of force in `config`."""
    base = options.get("api_base")
    template = REGION in str(config.api_base if base is None else base)
    if base is not None:
        return {"environment": None, **({} if template else {"region": None}), **options}
    if options.get("environment") is not None and not template:
        return {"api_base": None, **options}
    return dict(options)


def _home(config: Config) -> str:
    if config.api_base is not None:
        return config.api_base.replace(REGION, "".join(config.fallback_regions[:1]))
    if config.region == "auto" and config.regions:
        return next(iter(config.regions.values()))
    return BASE_URLS[_environment(config)]


def _environment(config: Config) -> str:
    if config.environment is not None:
        return config.environment
    if config.region not in (None, "auto"):
        return "production"
    return environment_of_key(config.livemode)


def _check_mode(livemode: bool | None, environment: str | None) -> None:
    if livemode is False and environment == "production":
        raise ConfigurationError("a test key does not work in production; use a live key or the sandbox")
    if livemode is True and environment in ("sandbox", "staging"):
        raise ConfigurationError(f"a live key must not be sent to the {environment} environment; use a test key")
