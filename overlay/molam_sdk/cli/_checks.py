"""What `molam doctor` looks at: this machine, the way to the API, the key, and whether both sides fit together."""

from __future__ import annotations

import base64
import importlib.metadata
import json
import platform
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal, cast

import attrs
import httpx

from molam_api.operations import OPERATIONS

from .. import MolamError, __version__
from ._connection import client_of
from ._running_sandbox import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._connection import Target

_DISTRIBUTION = "molam-sdk-python"
_TOLERANCE = 300.0
_NOTICEABLE = 5.0
_EXPIRES_SOON = 14


@attrs.frozen
class Check:
    """What was found; `remedy` says what to do where it is not `ok`."""

    name: str
    status: Literal["ok", "warning", "failed"]
    detail: str
    remedy: str | None = None


def of_machine() -> Iterator[Check]:
    """Versions, and which extras are installed."""
    python = platform.python_version()
    if platform.python_version_tuple() < ("3", "11"):
        yield Check("python", "failed", python, "use Python 3.11 or later")
    else:
        yield Check("python", "ok", f"{python} on {platform.system()}")
    versions = f"molam-sdk-python {__version__}, httpx {httpx.__version__}, h11 {_version('h11')}"
    yield Check("sdk", "ok", versions)
    yield _extras()


def of_api(to: Target) -> Iterator[Check]:
    """The way there, the clock, the key, and the operations; each as far as it is reached."""
    client = client_of(to, max_retries=1, deadline=20.0)
    with client:
        base = client.config.base_url()
        yield _key_in_hand(to, client.config.livemode)
        try:
            with httpx.Client(trust_env=not is_loopback(base), timeout=10.0) as plain:
                before = time.time()
                with plain.stream("GET", f"{base}/api/v1/health/live") as answer:
                    after = time.time()
                    answer.read()
                    tls = _tls(answer, base)
                yield _reached(answer, base, after - before)
                if tls is not None:
                    yield tls
                yield _clock(answer, before, after)
                yield _operations(plain, base, client.config.livemode)
        except httpx.HTTPError as error:
            yield Check("reach", "failed", f"{base}: {_why(error)}", _remedy(error, base))
            return
        yield _key_accepted(client, to)


def _extras() -> Check:
    try:
        wanted = importlib.metadata.requires(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return Check("extras", "warning", "this is a checkout, not an installation", "pip install .")
    missing: dict[str, list[str]] = {}
    for each in wanted:
        found = re.match(r"([A-Za-z0-9._-]+).*extra == ['\"]([a-z0-9-]+)['\"]", each)
        if found is not None:
            absent = missing.setdefault(found[2], [])
            if _version(found[1]) is None:
                absent.append(found[1])
    installed = [name for name, absent in missing.items() if not absent]
    other = [f"{name} (without {', '.join(absent)})" for name, absent in missing.items() if absent]
    detail = ", ".join(installed) or "none"
    return Check("extras", "ok", detail + (f"; not installed: {', '.join(other)}" if other else ""))


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _key_in_hand(to: Target, livemode: bool | None) -> Check:
    where = "of the sandbox that runs here" if to.sandbox else "given"
    if livemode is not None:
        return Check("key", "ok", f"a {'live' if livemode else 'test'} key, {where}")
    expires = _expiry(to.api_key)
    if expires is not None and expires < time.time():
        ended = f"{datetime.fromtimestamp(expires, UTC):%Y-%m-%d %H:%M:%S} UTC"
        return Check("key", "failed", f"a token that expired at {ended}", "get a new token")
    left = "" if expires is None else f", good for {expires - time.time():.0f} s"
    return Check("key", "ok", f"a token{left}")


def _expiry(token: str) -> float | None:
    """When a token says that it expires; nothing is proven by that."""
    try:
        claims = token.split(".")[1]
        told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        return float(told["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return None


def _reached(answer: httpx.Response, base: str, seconds: float) -> Check:
    if answer.is_success:
        return Check("reach", "ok", f"{base} answers in {seconds * 1000:.0f} ms")
    if answer.status_code >= 500:
        return Check("reach", "failed", f"{base} answers {answer.status_code}", "try again later")
    return Check("reach", "warning", f"{base} answers {answer.status_code}", "is this the API? see --api-base")


def _tls(answer: httpx.Response, base: str) -> Check | None:
    if not base.startswith("https://"):
        return None
    stream = answer.extensions.get("network_stream")
    secured = None if stream is None else stream.get_extra_info("ssl_object")
    if secured is None:
        return Check("tls", "warning", "nothing is known of the connection")
    certificate = cast("dict[str, Any]", secured.getpeercert())
    issuer = next((value for ((name, value),) in certificate["issuer"] if name == "organizationName"), "an authority")
    ends = datetime.strptime(certificate["notAfter"], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    days = (ends - datetime.now(UTC)).days
    detail = f"{secured.version()}, certificate of {issuer} until {ends:%Y-%m-%d}"
    if days < _EXPIRES_SOON:
        return Check("tls", "warning", detail, f"the server's certificate ends in {days} days")
    return Check("tls", "ok", detail)


def _clock(answer: httpx.Response, before: float, after: float) -> Check:
    """The difference to the server's Date, which is cut to seconds."""
    try:
        server = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (TypeError, ValueError):
        return Check("clock", "warning", "the server tells no time")
    early, late = before - (server + 1), after - server
    skew = early if early > 0 else late if late < 0 else 0.0
    side = "ahead of" if skew > 0 else "behind"
    if abs(skew) <= _NOTICEABLE:
        return Check("clock", "ok", "as the server's" if abs(skew) < 2 else f"{abs(skew):.0f} s {side} the server's")
    remedy = f"set this machine's clock (NTP): webhooks are refused beyond {_TOLERANCE:.0f} s"
    detail = f"{abs(skew):.0f} s {side} the server's"
    return Check("clock", "failed" if abs(skew) > _TOLERANCE else "warning", detail, remedy)


def _operations(plain: httpx.Client, base: str, livemode: bool | None) -> Check:
    """Whether the API has a route for every operation of this SDK.

    Each path is asked with a method that none has: the answer 405 names those that it does have, and nothing is done.
    """
    methods: dict[str, set[str]] = {}
    for each in OPERATIONS.values():
        if livemode is False or each.resource != "sandbox":
            methods.setdefault(each.path, set()).add(each.method)
    missing: list[str] = []
    for path, wanted in methods.items():
        answer = plain.put(base + re.sub(r"\{\w+\}", "x", path))
        if answer.status_code not in (404, 405):
            return Check("version", "warning", f"cannot be told: {path} answers {answer.status_code}")
        allowed = {each.strip() for each in answer.headers.get("allow", "").split(",")}
        missing += [f"{method} {path}" for method in sorted(wanted - allowed)]
    if not missing:
        return Check("version", "ok", f"the API has all {sum(map(len, methods.values()))} operations of this SDK")
    rest = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    remedy = "use the SDK of the gateway's version, or update the gateway"
    return Check("version", "failed", f"the API lacks {', '.join(missing[:3])}{rest}", remedy)


def _key_accepted(client: Any, to: Target) -> Check:
    try:
        account = client.account.retrieve()
    except MolamError as error:
        return Check("account", "failed", str(error), "check the key, and that it belongs to this API")
    mode = "live" if account.livemode else "test"
    if client.config.livemode not in (None, account.livemode):
        return Check("account", "failed", f"{account.id} answers in {mode} mode", "use a key of the other mode")
    secret = "" if to.webhook_secret else "; no webhook secret is set"
    return Check("account", "ok", f"{account.id}, {mode} mode, home region {account.home_region}{secret}")


def _why(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _remedy(error: httpx.HTTPError, base: str) -> str:
    told = str(error).lower()
    if "certificate" in told or "ssl" in told:
        return "the server cannot be trusted: is the address right, is a proxy in between, is the clock right?"
    if "name" in told or "getaddrinfo" in told:
        return "the name is not known here: check it, and the network"
    if is_loopback(base):
        return "nothing listens there: start `molam sandbox`"
    return "check the address, the network and the proxy (HTTPS_PROXY)"
