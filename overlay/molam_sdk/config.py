"""What a client can be told: where to send calls, as whom, and how patiently."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NoReturn, cast

import attrs

from ._front_door import front_door_of
from ._options import engine, urls
from ._options import settings as check
from ._options.destination import base_url, check_address, check_destination, is_molam, redirect, variables_for
from ._options.environments import Environment, environment
from ._options.settings import EventHooks, WebhookSecret
from ._redaction import MASK, mask_secret, redact
from .errors import ConfigurationError

if TYPE_CHECKING:
    from .journal import AsyncCallJournal, CallJournal

__all__ = ["Config", "Environment", "EventHooks", "WebhookSecret"]


def _masked(value: object) -> str:
    if value is None:
        return "None"
    return repr(mask_secret(value)) if isinstance(value, str) else MASK


def _redacted(value: object) -> str:
    return redact(repr(value))


def _kind(value: object) -> str:
    return "None" if value is None else f"<{type(value).__name__}>"


@front_door_of
@attrs.frozen(kw_only=True, eq=False)
class Config:
    """The options of a client, checked; whatever is not given is read from the environment.

    An option that is passed wins over its `MOLAM_...` variable, and one that says where calls go
    (`api_base`, `environment`, `region`) over every variable that says otherwise. Without any of
    them the key decides: `sk_test_` the sandbox, `sk_live_` or a JWT production. The environment is
    read when a Config is made and never again: not by `with_options`, and not by `attrs.evolve`.

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
        journal: Where mutating calls are written down before they are sent, for `recover`.
        wire: The HTTP engine: `molam`, the SDK's own, or `httpx`, httpx's transport.
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
        event_hooks: Functions to call, by `request`, `response`, `retry`, `call` and `circuit`.
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
    journal: CallJournal | AsyncCallJournal | None = attrs.field(default=None, repr=_kind)
    wire: Literal["molam", "httpx"] | None = None
    transport: Any = attrs.field(default=None, repr=_kind)
    http_adapter: Any = attrs.field(default=None, repr=_kind)
    proxy: str | None = attrs.field(default=None, repr=_redacted)
    trust_env: bool = False
    verify: bool = True
    mtls_cert: str | None = attrs.field(default=None, converter=check.path)
    mtls_key: str | None = attrs.field(default=None, converter=check.path)
    ca_bundle: str | None = attrs.field(default=None, converter=check.path)
    max_response_bytes: int = 16 * 1024 * 1024
    require_attempt_id: bool | None = None
    webhook_secret: WebhookSecret | None = attrs.field(default=None, repr=_masked)
    default_currency: str | None = None
    default_locale: str | None = None
    event_hooks: EventHooks = attrs.field(default=None, converter=check.event_hooks, repr=_kind)
    telemetry: bool = attrs.field(default=None, converter=check.telemetry)
    api_version: str | None = None
    _resolved: bool = attrs.field(default=False, alias="_resolved", repr=False)

    def __attrs_post_init__(self) -> None:
        options = {name: getattr(self, name) for name in _CHECKS}
        if not self._resolved:
            for name in (*_ALWAYS_READ, *variables_for(options)):
                if options[name] is None:
                    options[name] = os.environ.get(f"MOLAM_{name.upper()}") or None
            object.__setattr__(self, "_resolved", True)
        for name, checked in _CHECKS.items():
            object.__setattr__(self, name, checked(name, options[name]))
        engine.check_engine(self)
        check.check_journal_owner(self.journal, self.api_key)
        check_destination(self)

    @classmethod
    def resolve(cls, config: Config | None = None, /, **options: Any) -> Config:
        """Return the configuration of a client: `options` over `config` over the environment.

        Raises:
            ConfigurationError: For options that cannot work, alone or together, and without a key.
            TypeError: For an option that does not exist.
        """
        given = cast(object, config)
        if not isinstance(given, Config | None):
            raise ConfigurationError(
                f"a client takes a Config or keywords, not {type(given).__name__}: pass api_key=..."
            )
        if config is None:
            config = cls(**options)
        elif options:
            config = attrs.evolve(config, **redirect(config, options))
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
        return is_molam(self)

    def base_url(self, region: str | None = None) -> str:
        """Return where calls go, for the configured region or the one given.

        With `region="auto"` it is the host that knows the account's home region, and a home region without a host of
        its own is served by that host too.

        Raises:
            ConfigurationError: For a region whose host is not known, or must not get this key.
        """
        address = base_url(self, region)
        check_address(self, address)
        return address

    def __copy__(self) -> Config:
        return self

    def __deepcopy__(self, memo: object) -> Config:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Config holds the API key and is not pickled; make it where it is used")


_ALWAYS_READ = ("api_key", "webhook_secret", "default_currency", "default_locale")
_CHECKS: dict[str, Callable[[str, object], object]] = {
    "api_key": check.api_key,
    "api_base": urls.base_template,
    "environment": environment,
    "region": urls.region,
    "regions": urls.region_hosts,
    "write_failover": check.flag,
    "account": check.account,
    "deadline": check.duration,
    "max_retries": check.count,
    "backoff_factor": check.duration_or_zero,
    "max_connections": check.positive,
    "retry_budget": check.count,
    "circuit_breaker": check.flag,
    "journal": check.journal,
    "wire": engine.wire,
    "transport": engine.transport,
    "http_adapter": engine.http_adapter,
    "proxy": urls.proxy,
    "trust_env": check.flag,
    "verify": check.flag,
    "mtls_cert": check.file,
    "mtls_key": check.file,
    "ca_bundle": check.file,
    "max_response_bytes": check.positive,
    "require_attempt_id": check.optional_flag,
    "webhook_secret": check.webhook_secret,
    "default_currency": check.currency,
    "default_locale": check.locale,
    "api_version": check.api_version,
}
