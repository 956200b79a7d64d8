"""What both clients know between calls: configuration, headers, regions; it never waits."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .. import _guard
from .._exchange.policy import Policy, Route
from .._network.request import Origin, RawHeaders, Request
from .._options import urls
from .._options.destination import addresses, to_region
from .._options.settings import owner_of
from .._shared import process
from .._shared.keys_in_doubt import name_of, scope_of
from .._version import __version__
from ..config import Config
from ..errors import ConfigurationError
from .home import HomeRegion
from .issued import Unresolved
from .log import log
from .observe import Observer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._exchange.attempt import Attempt
    from .operation import Prepared

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
_OF_THE_RULES = (
    "backoff_factor",
    "circuit_breaker",
    "deadline",
    "event_hooks",
    "max_retries",
    "require_attempt_id",
    "retry_budget",
    "telemetry",
    "timeout",
)
_FIXED = frozenset({"accept", "accept-encoding", "accept-language", "user-agent"})
_OF_THE_HOME = frozenset({"account", "api_base", "api_key", "environment", "region", "regions"})


class Place:
    """Where a client has its session, with its raw mode; switching regions puts another one there."""

    __slots__ = ("session",)

    def __init__(self, session: Session) -> None:
        self.session = session


class Session:
    """The part of a client that is the same for both kinds, and cheap to copy with options.

    Attributes:
        config: The options.
        extra: Further headers for every request, names in lower case.
        home: The account's home region, shared with every copy for the same account.
        journal: Where mutating calls are written down, or None.
        needs_home_region: Whether `region="auto"` is still to be resolved.
        observer: Who is told about the calls.
        origins: The regions in order.
        policy: The rules of every call.
        routes: What `route` has put together, for reads and for what mutates, and in which era of the process.
        scope: What tells the idempotency keys of this account and mode apart; None where there is one region only.
        unresolved: The calls whose outcome is unknown, shared with every copy.
    """

    __slots__ = (
        "_headers",
        "config",
        "extra",
        "home",
        "journal",
        "needs_home_region",
        "observer",
        "origins",
        "policy",
        "routes",
        "scope",
        "unresolved",
    )

    def __init__(
        self,
        config: Config,
        extra: Mapping[str, str] | None = None,
        home: HomeRegion | None = None,
        unresolved: Unresolved | None = None,
    ) -> None:
        self.config = config
        self.home = HomeRegion() if home is None else home
        self.unresolved = Unresolved() if unresolved is None else unresolved
        self.journal: Any = config.journal
        self.needs_home_region = config.region == "auto" and self.home.region is None
        self.extra = _checked(extra) if extra else {}
        self.origins = _origins(config, self.home)
        self.policy = _policy(config)
        several = bool(config.fallback_regions)
        self.scope = scope_of(config.api_key, config.account, config.livemode) if several else None
        self.observer = Observer(config.event_hooks, telemetry=config.telemetry)
        self._headers = _static_headers(config, self.extra)
        self.routes: dict[bool, tuple[object, Route]] = {}

    def arrive(self) -> None:
        """Go to the account's home region, now that it is known; no call was sent before."""
        self.origins = _origins(self.config, self.home)
        self.routes = {}
        self.needs_home_region = False

    def switched(self, region: object) -> Session:
        """Return this session with another region first.

        Raises:
            ConfigurationError: For a region whose host is not known.
        """
        return self.with_options(None, to_region(self.config, region, self.home.region))

    def origin_of(self, address: str) -> Origin | None:
        """Return the region with this base URL if the options lead there, now or after a switch; else None."""
        for origin in self.origins:
            if origin.base_url == address:
                return origin
        for name in (*(self.config.regions or ()), address.partition("://")[2].partition(".")[0]):
            with suppress(ConfigurationError):
                if self.config.base_url(urls.region("region", name)) == address:
                    return Origin(address)
        return None

    @property
    def owner(self) -> str:
        """Whose calls these are, as a journal tells them apart."""
        return owner_of(self.config.api_key)

    def addresses(self) -> tuple[str, ...]:
        """Return the base URLs that the options lead to, now or after a switch; `{region}` stands for any name."""
        return tuple(dict.fromkeys([*(origin.base_url for origin in self.origins), *addresses(self.config)]))

    def pinned(self, origin: Origin, deadline: float) -> Session:
        """Return this session for one region only, with a deadline in seconds."""
        from attrs import evolve

        pinned = copy(self)
        pinned.routes = {}
        pinned.needs_home_region = False
        pinned.origins = (origin,)
        pinned.policy = evolve(self.policy, deadline=deadline)
        return pinned

    def under(self, rules: Session) -> Session:
        """Return this session, as whom and where it calls, under the rules of another: its patience and its hooks."""
        from attrs import evolve

        ruled = copy(self)
        ruled.routes = {}
        ruled.config = evolve(self.config, **{name: getattr(rules.config, name) for name in _OF_THE_RULES})
        ruled.policy = _policy(ruled.config)
        ruled.observer = rules.observer
        return ruled

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
        extra = {**self.extra, **(_checked(headers) if headers is not None else {})}
        return Session(config, extra, home, self.unresolved)

    def route(self, *, mutating: bool) -> Route:
        """Return the regions in order, with this process's budget and breakers; put together once for all calls."""
        era = process.era()
        known = self.routes.get(mutating)
        if known is not None and known[0] is era:
            return known[1]
        route = self._route(mutating=mutating)
        self.routes[mutating] = era, route
        return route

    def keep_region(self, key: str | None, region: int, now: float) -> None:
        """Keep where a call was done whose answer cannot be read: whoever repeats it must go there."""
        if key is not None and region >= 0 and self.scope is not None:
            process.in_doubt().done(name_of(self.scope, key), self.origins[region].base_url, now)

    def request(self, prepared: Prepared[Any], attempt: Attempt, more: Mapping[str, str] | None = None) -> Request:
        """Build the HTTP request of one attempt, with the headers that hooks added to it.

        Raises:
            CallBlockedError: In a test that must not send it.
        """
        origin = self.origins[attempt.region]
        if _guard.rules is not None:
            _guard.check_call(self.config, origin.base_url, self._headers)
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
        if more:
            headers += _added(more, self.extra)
        read = min(self.policy.read_timeout, remaining)
        timeouts = {
            "connect": min(attempt.connect_timeout, remaining),
            "read": read,
            "write": read,
            "pool": remaining,
        }
        target = origin.prefix + prepared.target
        return Request(prepared.operation.method, origin, target, headers, content, timeouts)

    def handshake_headers(self) -> dict[str, str]:
        """Return the headers of a WebSocket's handshake.

        Raises:
            CallBlockedError: In a test that must not connect.
        """
        _guard.check((self.origins[0].base_url, *_guard.proxies(self.config)), self._headers)
        return {name.decode("ascii"): value.decode("ascii") for name, value in self._headers}

    def _route(self, *, mutating: bool) -> Route:
        config = self.config
        breakers = tuple(
            process.breaker(origin.base_url, mutating=mutating) if config.circuit_breaker else None
            for origin in self.origins
        )
        regions = tuple(origin.base_url for origin in self.origins)
        return Route(
            process.budget(_host(self.origins[0]), config.retry_budget),
            breakers,
            regions,
            process.preference(regions) if len(regions) > 1 else None,
            process.in_doubt() if mutating and self.scope is not None else None,
            self.scope or b"",
        )


def _policy(config: Config) -> Policy:
    return Policy(
        deadline=config.deadline,
        connect_timeout=config.timeout[0],
        read_timeout=config.timeout[1],
        max_retries=config.max_retries,
        backoff_factor=config.backoff_factor,
        require_attempt_id=config.attempt_id_required,
        write_failover=config.write_failover,
    )


def _origins(config: Config, home: HomeRegion) -> tuple[Origin, ...]:
    bases = dict.fromkeys([config.base_url(home.region), *map(config.base_url, config.fallback_regions)])
    return tuple(map(Origin, bases))


def _host(origin: Origin) -> str:
    port = origin.port or (443 if origin.scheme == b"https" else 80)
    return f"{origin.host.decode()}:{port}"


def _checked(extra: Mapping[str, str]) -> dict[str, str]:
    from .._options.headers import check_headers

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


def _added(more: Mapping[str, str], extra: Mapping[str, str]) -> RawHeaders:
    """Return what hooks may add to a request: a header that is not allowed is logged and left out."""
    added: RawHeaders = []
    for name, value in more.items():
        try:
            ((lower, checked),) = _checked({name: value}).items()
        except ConfigurationError as error:
            log(logging.WARNING, "a header that an event hook (request) added was left out: %s", error)
        else:
            if lower not in extra and lower not in _FIXED:
                added.append((lower.encode("ascii"), checked.encode("ascii")))
    return added


@lru_cache(maxsize=1)
def _user_agent() -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    return f"molam-sdk-python/{__version__} python/{python}"
