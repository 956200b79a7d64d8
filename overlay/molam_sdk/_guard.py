"""Decides whether calls may leave this machine: in tests, and wherever `MOLAM_GUARD=on`, they may not."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from .config import Config

VARIABLE = "MOLAM_GUARD"
"""Takes the rules to the processes that a test starts: `off`, or `on` with the hosts that are allowed, `live` for live
keys."""

_OFF = frozenset({"", "0", "false", "no", "off"})
_LIVE_KEY = b"sk_live_"


class Rules(NamedTuple):
    """What is allowed besides this machine and test keys.

    Attributes:
        hosts: Names of hosts, of which each may begin with `*.`; `*` alone is any host.
        live_keys: Whether live keys may be sent.
    """

    hosts: tuple[str, ...] = ()
    live_keys: bool = False


def rules_of(text: str | None) -> Rules | None:
    """Return the rules that the environment variable says, None for none; whatever is not understood allows nothing."""
    words = (text or "").lower().replace(",", " ").split()
    if not words or (len(words) == 1 and words[0] in _OFF):
        return None
    return Rules(tuple(word for word in words if word not in ("on", "live")), "live" in words)


rules: Rules | None = rules_of(os.environ.get(VARIABLE))
"""Those of this process; None lets everything through."""


@contextmanager
def under(changed: Rules | None) -> Generator[None]:
    """Keep to other rules while the block runs, also in the processes that it starts."""
    global rules
    before, told = rules, os.environ.get(VARIABLE)
    try:
        rules = changed
        os.environ[VARIABLE] = _text(changed)
        yield
    finally:
        rules = before
        if told is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = told


def check(addresses: Iterable[str], headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Raise CallBlockedError if the rules forbid to go to one of these addresses, or to send these headers there."""
    allowed = rules
    if allowed is None:
        return
    from ._options.urls import host_of  # what pytest loads with the plugin is little
    from .errors import CallBlockedError

    live = not allowed.live_keys and any(_LIVE_KEY in value for _, value in headers)
    for address in addresses:
        if live or not _may_reach(allowed, address):
            raise CallBlockedError(_message(host_of(address), live=live))


def check_call(config: Config, address: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Do the same for a call, which goes nowhere if the client's transport or adapter says so."""
    if not _is_offline(config.transport) and not _is_offline(config.http_adapter):
        check((address, *proxies(config)), headers)


def says_offline(engine: Any) -> bool:
    """Whether a transport or adapter has the attribute `molam_offline`, by which it says that it sends nothing."""
    return getattr(engine, "molam_offline", False) is True


def _is_offline(engine: Any) -> bool:
    if engine is None or says_offline(engine):
        return engine is not None
    httpx: Any = sys.modules.get("httpx")
    return httpx is not None and isinstance(engine, (httpx.MockTransport, httpx.WSGITransport, httpx.ASGITransport))


def _may_reach(allowed: Rules, address: str) -> bool:
    from ._options.urls import host_of, is_loopback

    return is_loopback(address) or any(fnmatchcase(host_of(address), pattern) for pattern in allowed.hosts)


def proxies(config: Config) -> list[str]:
    """Return the proxies that may stand in between; those of the environment lead away whatever scheme they are for."""
    named = [config.proxy] if config.proxy is not None else []
    if config.trust_env:
        variables = ("http_proxy", "https_proxy", "all_proxy")
        found = [os.environ.get(name) or os.environ.get(name.upper()) for name in variables]
        named += [each if "://" in each else f"http://{each}" for each in found if each]
    return named


def _text(changed: Rules | None) -> str:
    if changed is None:
        return "off"
    return " ".join(["on", *changed.hosts, *(["live"] if changed.live_keys else [])])


def _message(host: str, *, live: bool) -> str:
    if live:
        return (
            f"blocked in a test, nothing was sent: a live key was on its way to {host}. Use a test key (the fixture "
            "molam_sandbox has one); a test that is meant to move real money says @pytest.mark.molam_network(live=True)"
        )
    return (
        f"blocked in a test, nothing was sent: the call would leave this machine for {host}. Use the fixture "
        "molam_sandbox or another api_base on loopback; a test that is meant to go there says "
        f'@pytest.mark.molam_network("{host}"), the ini option molam_guard_hosts allows hosts to all tests, and '
        "molam_guard = off lets everything through. A transport or adapter that needs no network has the attribute "
        "molam_offline = True"
    )
