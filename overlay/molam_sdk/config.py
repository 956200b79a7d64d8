"""What a client can be told: where to send calls, as whom, and how patiently."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NoReturn

import attrs

from . import _settings as check
from ._environments import (
    BASE_URLS,
    REGION,
    REGION_TEMPLATE,
    Environment,
    environment_of_host,
    environment_of_key,
)
from ._redaction import MASK, mask_secret, redact
from ._settings import EventHooks, WebhookSecret
from ._urls import check_base_url, check_url, host_of, is_loopback
from .errors import ConfigurationError

__all__ = ["Config", "Environment", "EventHooks", "WebhookSecret"]


def _masked(value: object) -> str:
    if value is None:
        return "None"
    return repr(mask_secret(value)) if isinstance(value, str) else MASK


def _redacted(value: object) -> str:
    return redact(repr(value))


def _kind(value: object) -> str:
    return "None" if value is None else f"<{type(value).__name__}>"


@attrs.frozen(kw_only=True, eq=False)
class Config:
    """The options of a client, checked; whatever is not given is read from the environment.

    An option that is passed wins over its `MOLAM_...` variable, and one that says where calls go
    (`api_base`, `environment`, `region`) over every variable that says otherwise. Without any of
    them the key decides: `sk_test_` the sandbox, `sk_live_` or a JWT production.

    Its repr masks secrets. It can be copied but not pickled, since a pickle shows the API key.

    Attributes:
        api_key: Secret key or JWT (`MOLAM_API_KEY`).
        api_base: Base URL instead of a known environment; may contain `{region}`.
        environment: production, staging, sandbox or local.
        region: Name of a region, or `auto` for the account's home region.
        regions: Base URL of each region by name, instead of Molam's own hosts.
        fallback_regions: Regions to try in turn when the first cannot be reached.
        write_failover: Lets mutating calls move too, while no byte of any attempt was sent.
        account: Account that a platform acts for.
        timeout: Seconds for (connect, read); one number sets both.
        deadline: Seconds for a whole call with all its attempts and waits.
        max_retries: Attempts after the first.
        backoff_factor: Upper bound of the first wait in seconds; it doubles with each retry.
        max_connections: Connections that the pool holds at most.
        retry_budget: Size of the bucket that retries are paid from, per process and host.
        circuit_breaker: Whether calls fail at once while a host is down.
        wire: The HTTP engine; `httpx` is the only one.
        transport: An `httpx.BaseTransport` or `AsyncBaseTransport` to send with.
        http_adapter: An object with `send(method, url, headers, json, timeout)` to send with.
        proxy: URL of a proxy.
        trust_env: Whether to read HTTP(S)_PROXY, NO_PROXY and SSL_CERT_FILE/DIR.
        verify: False switches certificate checks off, for loopback hosts only.
        mtls_cert: File with the client certificate.
        mtls_key: File with its private key.
        ca_bundle: File with the certificate authorities to trust.
        max_response_bytes: Largest answer that is read.
        require_attempt_id: Whether an answer must echo its attempt's id.
        webhook_secret: Signing secret of webhooks: one, several, a mapping or a function by key id.
        default_currency: Currency of plain int amounts.
        default_locale: Value of Accept-Language.
        event_hooks: Functions to call, by `request`, `response` and `retry`.
        telemetry: Whether each call reports the timing of the previous one.
        api_version: Dated version of the API (`2026-11-01`).

    Raises:
        ConfigurationError: For every option that cannot work, naming it and never its secret.
    """

    api_key: str | None = attrs.field(default=None, repr=_masked)
    api_base: str | None = None
    environment: Environment | None = None
    region: str | None = None
    regions: Mapping[str, str] | None = None
    fallback_regions: tuple[str, ...] = attrs.field(default=(), converter=check.fallback_regions)
    write_failover: bool = False
    account: str | None = None
    timeout: tuple[float, float] = attrs.field(default=(5.0, 30.0), converter=check.timeouts)
    deadline: float = 60.0
    max_retries: int = 3
    backoff_factor: float = 0.3
    max_connections: int = 100
    retry_budget: int = 500
    circuit_breaker: bool = True
    wire: Literal["httpx"] | None = None
    transport: Any = attrs.field(default=None, repr=_kind)
    http_adapter: Any = attrs.field(default=None, repr=_kind)
    proxy: str | None = attrs.field(default=None, repr=_redacted)
    trust_env: bool = False
    verify: bool = True
    mtls_cert: str | None = attrs.field(default=None, converter=check.mtls_cert)
    mtls_key: str | None = attrs.field(default=None, converter=check.mtls_key)
    ca_bundle: str | None = attrs.field(default=None, converter=check.ca_bundle)
    max_response_bytes: int = 16 * 1024 * 1024
    require_attempt_id: bool | None = None
    webhook_secret: WebhookSecret | None = attrs.field(default=None, repr=_masked)
    default_currency: str | None = None
    default_locale: str | None = None
    event_hooks: EventHooks = attrs.field(default=None, converter=check.event_hooks, repr=_kind)
    telemetry: bool = attrs.field(default=None, converter=check.telemetry)
    api_version: str | None = None

    def __attrs_post_init__(self) -> None:
        for name, variable in _variables(self):
            value = os.environ.get(variable)
            if value:
                object.__setattr__(self, name, value)
        for name, checked in _CHECKS.items():
            object.__setattr__(self, name, checked(name, getattr(self, name)))
        _check_engine(self)
        _check_destination(self)

    @classmethod
    def resolve(cls, config: Config | None = None, /, **options: Any) -> Config:
        """Return the configuration of a client: `options` over `config` over the environment.

        Raises:
            ConfigurationError: For options that cannot work, alone or together, and without a key.
            TypeError: For an option that does not exist.
        """
        if config is None:
            config = cls(**options)
        elif options:
            config = attrs.evolve(config, **_redirected(config, options))
        if config.api_key is None:
            raise ConfigurationError("no API key; pass api_key= or set MOLAM_API_KEY")
        return config

    @property
    def livemode(self) -> bool | None:
        """Mode of the key: False for sk_test_, True for sk_live_, None for a JWT."""
        return check.livemode_of(self.api_key)

    @property
    def attempt_id_required(self) -> bool:
        """Whether an answer without an attempt id is disbelieved."""
        if self.require_attempt_id is not None:
            return self.require_attempt_id
        if self.http_adapter is not None:
            return False
        host = host_of(self.base_url())
        return self.environment == "local" or environment_of_host(host) is not None

    def base_url(self, region: str | None = None) -> str:
        """Return where calls go, for the configured region or the one given.

        With `region="auto"` it is the host that knows the account's home region, and a known home
        region that has no host of its own is served by that host too.

        Raises:
            ConfigurationError: For a region whose host is not known.
        """
        name = self.region if region is None else region
        if name is None or name == "auto":
            return self._home()
        if self.regions is not None and name in self.regions:
            return self.regions[name]
        if self.api_base is not None and REGION in self.api_base:
            return self.api_base.replace(REGION, name)
        if self.regions is None and self.api_base is None and self._environment() == "production":
            return REGION_TEMPLATE.replace(REGION, name)
        if self.region == "auto":
            return self._home()
        raise ConfigurationError(f"no host is known for the region {name}; name it in regions")

    def _home(self) -> str:
        if self.api_base is not None:
            return self.api_base.replace(REGION, self.fallback_regions[0]) if REGION in self.api_base else self.api_base
        if self.region == "auto" and self.regions:
            return next(iter(self.regions.values()))
        return BASE_URLS[self._environment()]

    def _environment(self) -> str:
        if self.environment is not None:
            return self.environment
        if self.region not in (None, "auto"):
            return "production"
        return environment_of_key(self.livemode)

    def __copy__(self) -> Config:
        return self

    def __deepcopy__(self, memo: object) -> Config:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Config holds the API key and is not pickled; make it where it is used")


def _base(name: str, value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and REGION in value:
        check_base_url(name, value.replace(REGION, "region"))
        return value.rstrip("/")
    return check_base_url(name, value)


def _known(name: str, value: object) -> str | None:
    if value is None or value in BASE_URLS:
        return value
    raise ConfigurationError(f"{name} must be one of {', '.join(BASE_URLS)}")


def _hosts(name: str, value: object) -> Mapping[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or not value or "auto" in value:
        raise ConfigurationError(f"{name} must be a mapping of region names to base URLs")
    return {
        check.region(name, region) or "": check_base_url(f"{name}[{region!r}]", base) for region, base in value.items()
    }


def _engine(name: str, value: object) -> Literal["httpx"] | None:
    if value is None or value == "httpx":
        return value
    raise ConfigurationError(f"{name} must be httpx")


def _transport(name: str, value: object) -> object:
    if value is None or hasattr(value, "handle_request") or hasattr(value, "handle_async_request"):
        return value
    raise ConfigurationError(f"{name} must be an httpx.BaseTransport or httpx.AsyncBaseTransport")


def _adapter(name: str, value: object) -> object:
    if value is None or callable(getattr(value, "send", None)):
        return value
    raise ConfigurationError(f"{name} must have send(method, url, headers, json, timeout)")


def _proxy(name: str, value: object) -> str | None:
    return None if value is None else check_url(name, value, ("http", "https", "socks5", "socks5h"))


_CHECKS: dict[str, Callable[[str, object], object]] = {
    "api_key": check.api_key,
    "api_base": _base,
    "environment": _known,
    "region": check.region,
    "regions": _hosts,
    "write_failover": check.flag,
    "account": check.account,
    "deadline": check.duration,
    "max_retries": check.count,
    "backoff_factor": check.duration_or_zero,
    "max_connections": check.positive,
    "retry_budget": check.count,
    "circuit_breaker": check.flag,
    "wire": _engine,
    "transport": _transport,
    "http_adapter": _adapter,
    "proxy": _proxy,
    "trust_env": check.flag,
    "verify": check.flag,
    "max_response_bytes": check.positive,
    "require_attempt_id": check.optional_flag,
    "webhook_secret": check.webhook_secret,
    "default_currency": check.currency,
    "default_locale": check.locale,
    "api_version": check.api_version,
}


def _variables(config: Config) -> Iterator[tuple[str, str]]:
    """Yield the options to read from the environment, each with its variable."""
    options = ["api_key", "webhook_secret", "default_currency", "default_locale"]
    if config.api_base is None and config.environment is None and config.region is None:
        options += ["api_base", "environment", "region"]
    elif config.api_base is None:
        options += ["environment", "region"]
    elif isinstance(config.api_base, str) and REGION in config.api_base:
        options.append("region")
    for name in options:
        if getattr(config, name) is None:
            yield name, f"MOLAM_{name.upper()}"


def _redirected(config: Config, options: dict[str, Any]) -> dict[str, Any]:
    """Return `options` with what they put out of force in `config` reset."""
    template = REGION in (options.get("api_base") or config.api_base or "")
    if options.get("api_base") is not None:
        return {"environment": None, **({} if template else {"region": None}), **options}
    if options.get("environment") is not None and not template:
        return {"api_base": None, **options}
    return options


def _check_engine(config: Config) -> None:
    engines = [n for n in ("wire", "transport", "http_adapter") if getattr(config, n) is not None]
    if len(engines) > 1:
        raise ConfigurationError(f"{' and '.join(engines)} exclude each other; pass one of them")
    if config.mtls_key is not None and config.mtls_cert is None:
        raise ConfigurationError("mtls_key needs mtls_cert")
    if engines and engines != ["wire"]:
        for name in ("proxy", "mtls_cert", "ca_bundle"):
            if getattr(config, name) is not None:
                raise ConfigurationError(f"{name} has no effect here; set it on the {engines[0]}")


def _check_destination(config: Config) -> None:
    base = config.api_base
    if base is not None and REGION not in base:
        for name in ("environment", "region"):
            if getattr(config, name) is not None:
                raise ConfigurationError(f"api_base and {name} exclude each other unless api_base contains {REGION}")
    elif base is not None and config.region in (None, "auto") and not config.fallback_regions:
        raise ConfigurationError(f"api_base contains {REGION}; pass region")
    for url in {config.base_url(), *map(config.base_url, config.fallback_regions)}:
        if not config.verify and not is_loopback(url):
            raise ConfigurationError("verify=False is for loopback hosts only; pass ca_bundle")
        _check_mode(config.livemode, environment_of_host(host_of(url)))


def _check_mode(livemode: bool | None, environment: str | None) -> None:
    if livemode is False and environment == "production":
        raise ConfigurationError("a test key does not work in production; use a live key or the sandbox")
    if livemode is True and environment in ("sandbox", "staging"):
        raise ConfigurationError(f"a live key must not be sent to the {environment} environment; use a test key")
