"""Which API a command talks to, and as whom: options, then the environment, then the sandbox that runs here."""

from __future__ import annotations

import base64
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from ._exits import NoKeyError
from ._running_sandbox import RunningSandbox, is_loopback, running_sandbox

if TYPE_CHECKING:
    from collections.abc import Generator

    from .. import MolamClient

_SAYS_WHERE = ("MOLAM_ENVIRONMENT", "MOLAM_REGION")


@attrs.frozen
class Target:
    """An API and a key; `sandbox` where both are those of the sandbox that runs here."""

    api_key: str = attrs.field(repr=False)
    api_base: str | None
    sandbox: RunningSandbox | None

    @property
    def webhook_secret(self) -> str | None:
        """The signing secret that is known: of the environment, else of the sandbox."""
        return os.environ.get("MOLAM_WEBHOOK_SECRET") or (None if self.sandbox is None else self.sandbox.webhook_secret)


def target(api_key: str | None, api_base: str | None) -> Target:
    """Decide; the sandbox that runs here counts only where nothing says otherwise.

    Raises:
        NoKeyError: If there is no key.
    """
    if api_key:
        return Target(api_key, api_base, None)
    elsewhere = any(os.environ.get(name) for name in _SAYS_WHERE)
    sandbox = None if elsewhere else running_sandbox()
    if sandbox is None or (api_base is not None and api_base.rstrip("/") != sandbox.url):
        raise NoKeyError("there is no API key: set MOLAM_API_KEY, pass --api-key, or start `molam sandbox`")
    return Target(sandbox.api_key, sandbox.url, sandbox)


def client_of(to: Target, **options: Any) -> MolamClient:
    """A client; like other commands it goes through the proxy of the environment, but never to this machine."""
    from .. import Config, MolamClient

    config = Config(api_key=to.api_key, api_base=to.api_base, **options)
    return MolamClient(config, trust_env=not is_loopback(config.base_url()))


@contextmanager
def connected(api_key: str | None, api_base: str | None, **options: Any) -> Generator[MolamClient]:
    """A client while the block runs."""
    with client_of(target(api_key, api_base), **options) as client:
        yield client


def new_key() -> str:
    """An idempotency key that is known before the call, also to who interrupts it."""
    return f"molam-cli-{os.urandom(16).hex()}"


def new_secret() -> str:
    """A signing secret as the API makes them."""
    return f"whsec_{base64.b64encode(os.urandom(32)).decode()}"
