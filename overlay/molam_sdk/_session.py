"""What both clients know between calls: configuration, headers, regions; it never waits."""

from __future__ import annotations

import sys
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import _shared
from ._home import HomeRegion
from ._observe import Observer
from ._policy import Policy, Route
from ._request import Origin, RawHeaders, Request
from ._version import __version__
from .config import Config
from .errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._attempt import Attempt
    from ._operation import Prepared

OF_THE_POOL = frozenset(
    {
        "ca_bundle",
        "http_adapter",
        "max_connections",
        "max_response_bytes",
        "mtls_cert",
        "mtls_key",
        "proxy",
        "transport",
        "trust_env",
        "verify",
        "wire",
    }
)
_OF_THE_HOME = frozenset({"account", "api_base", "api_key", "environment", "region", "regions"})


class Session:
    """The part of a client that is the same for both kinds, and cheap to copy with options.

    Attributes:
        config: The options.
        extra: Further headers for every request, names in lower case.
        home: The account's home region, shared with every copy for the same account.
        needs_home_region: Whether `region="auto"` is still to be resolved.
        observer: Who is told about the calls.
        origins: The regions in order.
        policy: The rules of every call.
    """

    __slots__ = ("_headers", "config", "extra", "home", "needs_home_region", "observer", "origins", "policy")

    def __init__(self, config: Config, extra: Mapping[str, str] | None = None, home: HomeRegion | None = None) -> None:
        self.config = config
        self.home = HomeRegion() if home is None else home
        self.needs_home_region = config.region == "auto" and self.home.region is None
        self.extra = _checked(extra) if extra else {}
        self.origins = _origins(config, self.home)
        self.policy = Policy(
            deadline=config.deadline,
            connect_timeout=config.timeout[0],
            read_timeout=config.timeout[1],
            max_retries=config.max_retries,
            backoff_factor=config.backoff_factor,
            require_attempt_id=config.attempt_id_required,
            write_failover=config.write_failover,
        )
        self.observer = Observer(config.event_hooks, telemetry=config.telemetry)
        self._headers = _static_headers(config, self.extra)

    def at_home(self) -> Session:
        """Return this session with `region="auto"` resolved."""
        resolved = copy(self)
        resolved.needs_home_region = False
        resolved.origins = _origins(self.config, self.home)
        return resolved

    def with_options(self, headers: Mapping[str, str] | None, options: Mapping[str, object]) -> Session:
        """Return this session with other options, for the same connections.

        Raises:
            ConfigurationError: For an option of the connections, which are shared, and for one that cannot work.
        """
        fixed = sorted(OF_THE_POOL & options.keys())
        if fixed:
            raise ConfigurationError(
                f"{fixed[0]} belongs to the connections, which with_options shares; make a new client for it"
            )
        given: dict[str, Any] = dict(options)
        config = Config.resolve(self.config, **given) if given else self.config
        home = None if _OF_THE_HOME & options.keys() else self.home
        return Session(config, {**self.extra, **(_checked(headers) if headers is not None else {})}, home)

    def route(self, *, mutating: bool) -> Route:
        """Return the regions in order, with this process's budget and breakers."""
        config = self.config
        breakers = tuple(
            _shared.breaker(origin.base_url, mutating=mutating) if config.circuit_breaker else None
            for origin in self.origins
        )
        return Route(_shared.budget(_host(self.origins[0]), config.retry_budget), breakers)

    def request(self, prepared: Prepared[Any], attempt: Attempt) -> Request:
        """Build the HTTP request of one attempt."""
        origin = self.origins[attempt.region]
        remaining = attempt.remaining
        headers: RawHeaders = [
            (b"Host", origin.netloc),
            *self._headers,
            (b"Molam-Attempt-Id", attempt.id.encode("ascii")),
            (b"Molam-Deadline-Ms", b"%d" % max(1, remaining * 1000)),
        ]
        key = prepared.ask.idempotency_key
        if key is not None:
            headers.append((b"Idempotency-Key", key.encode("ascii")))
        content = prepared.content
        if content is not None:
            headers.append((b"Content-Type", b"application/json"))
            headers.append((b"Content-Length", b"%d" % len(content)))
        elif key is not None:
            headers.append((b"Content-Length", b"0"))
        report = self.observer.report()
        if report is not None:
            headers.append((b"Molam-Client-Telemetry", report))
        read = min(self.policy.read_timeout, remaining)
        timeouts = {
            "connect": min(self.policy.connect_timeout, remaining),
            "read": read,
            "write": read,
            "pool": remaining,
        }
        target = origin.prefix + prepared.target
        return Request(prepared.operation.method, origin, target, headers, content, timeouts)


def _origins(config: Config, home: HomeRegion) -> tuple[Origin, ...]:
    bases = dict.fromkeys([config.base_url(home.region), *map(config.base_url, config.fallback_regions)])
    return tuple(map(Origin, bases))


def _host(origin: Origin) -> str:
    port = origin.port or (443 if origin.scheme == b"https" else 80)
    return f"{origin.host.decode()}:{port}"


def _checked(extra: Mapping[str, str]) -> dict[str, str]:
    from ._headers import check_headers

    return dict(check_headers(extra))


def _static_headers(config: Config, extra: Mapping[str, str]) -> RawHeaders:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": _user_agent(),
        "Authorization": f"Bearer {config.api_key}",
    }
    if config.account is not None:
        headers["Molam-Account"] = config.account
    if config.api_version is not None:
        headers["Molam-Version"] = config.api_version
    if config.default_locale is not None:
        headers["Accept-Language"] = config.default_locale
    for name in [name for name in headers if name.lower() in extra]:
        del headers[name]
    headers.update(extra)
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


@lru_cache(maxsize=1)
def _user_agent() -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    return f"molam-sdk-python/{__version__} python/{python}"
