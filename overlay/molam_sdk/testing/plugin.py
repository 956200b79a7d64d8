"""The pytest plugin: fixtures of the testing kit, and a guard that keeps tests from sending anything out.

It imports next to nothing before a fixture is used. `-p no:molam_sdk.testing.plugin` leaves it out.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, ExitStack
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from .. import _guard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .. import MolamAsyncClient, MolamClient
    from . import ClockControl, FaultControl, LocalSandbox, MockAdapter, WebhookMaker
    from ._proxy import DecliningProxy

_MARKER = "molam_network"
_guarded = pytest.StashKey[AbstractContextManager[None]]()
_relaxed = pytest.StashKey[AbstractContextManager[None]]()
_ending = pytest.StashKey[list[Thread]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    says = "on, or off to let calls of the Molam SDK leave this machine in tests"
    parser.addini("molam_guard", says, type="string", default="on")
    says = "hosts that calls of the Molam SDK may go to in all tests"
    parser.addini("molam_guard_hosts", says, type="args", default=[])


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Set the guard before any conftest.py is imported."""
    _set_guard(early_config)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and set the guard where it is not."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(*hosts, live=False): let calls of the Molam SDK leave this machine, for these hosts or for any; "
        "live=True allows live keys",
    )
    _set_guard(config)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Wait for what is still stopping, and take the guard back."""
    for thread in config.stash.setdefault(_ending, []):
        thread.join(10)
    guarded = config.stash.get(_guarded, None)
    if guarded is not None:
        del config.stash[_guarded]
        guarded.__exit__(None, None, None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin each test like a process, with full retry budgets and closed breakers; relax the guard for a marked one."""
    shared = sys.modules.get("molam_sdk._shared.process")
    if shared is not None:
        shared.reset()
    marker = item.get_closest_marker(_MARKER)
    if marker is None or _guard.rules is None:
        return
    hosts, options = marker.args, {"live": False, **marker.kwargs}
    live = options.pop("live")
    if options or not isinstance(live, bool) or not all(isinstance(host, str) for host in hosts):
        raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.{_MARKER} takes names of hosts and live=True or False")
    allowed = (*_guard.rules.hosts, *(host.lower() for host in hosts)) if hosts else ("*",)
    item.stash[_relaxed] = relaxed = _guard.under(_guard.Rules(allowed, live))
    relaxed.__enter__()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Set the guard again."""
    relaxed = item.stash.get(_relaxed, None)
    if relaxed is not None:
        del item.stash[_relaxed]
        relaxed.__exit__(None, None, None)


@pytest.fixture
def molam_webhook_secret() -> str:
    """The signing secret of webhooks, for the sandbox, the clients and `molam_webhooks`; override it for your own."""
    return "whsec_bW9sYW0tdGVzdGluZy1raXQtc2VjcmV0LTAwMDE="


@pytest.fixture
def molam_sandbox(molam_webhook_secret: str, pytestconfig: pytest.Config) -> Iterator[LocalSandbox]:
    """A sandbox of the test's own: nothing that another test did is in it, its clock and faults included."""
    from ..errors import ConfigurationError
    from . import LocalSandbox

    try:
        sandbox = LocalSandbox(webhook_secret=molam_webhook_secret)
    except ConfigurationError as error:
        pytest.fail(error.message, pytrace=False)
    with ExitStack() as stack:
        sandbox.start()
        threads = pytestconfig.stash.setdefault(_ending, [])
        stack.callback(lambda: threads.append(sandbox.stop_in_background()))
        threads[:] = [thread for thread in threads if thread.is_alive()]
        yield sandbox


@pytest.fixture
def _molam_proxy(molam_sandbox: LocalSandbox) -> Iterator[DecliningProxy]:
    """What stands between the clients of a test with `molam_faults` and the sandbox."""
    from ._proxy import DecliningProxy

    with DecliningProxy(molam_sandbox.url) as proxy:
        yield proxy


@pytest.fixture
def molam_api_base(molam_sandbox: LocalSandbox, request: pytest.FixtureRequest) -> str:
    """Where the clients of the test send their calls: the sandbox, or what `molam_faults` puts before it."""
    if "molam_faults" not in request.fixturenames:
        return molam_sandbox.url
    proxy: DecliningProxy = request.getfixturevalue("_molam_proxy")
    return proxy.url


@pytest.fixture
def molam_client(molam_sandbox: LocalSandbox, molam_api_base: str) -> Iterator[MolamClient]:
    """A client of the sandbox."""
    from .. import MolamClient

    secret = molam_sandbox.webhook_secret
    with MolamClient(api_key=molam_sandbox.api_key, api_base=molam_api_base, webhook_secret=secret) as client:
        yield client


@pytest.fixture
def molam_async_client(molam_sandbox: LocalSandbox, molam_api_base: str) -> Iterator[MolamAsyncClient]:
    """An asynchronous client of the sandbox, for any plugin that runs coroutines; it is closed after the test."""
    import asyncio

    from .. import MolamAsyncClient

    secret = molam_sandbox.webhook_secret
    client = MolamAsyncClient(api_key=molam_sandbox.api_key, api_base=molam_api_base, webhook_secret=secret)
    yield client
    asyncio.run(client.aclose())


@pytest.fixture
def molam_environment(
    molam_sandbox: LocalSandbox, molam_api_base: str, monkeypatch: pytest.MonkeyPatch
) -> Mapping[str, str]:
    """The variables that lead clients which the tested program makes itself to the sandbox; they are set."""
    for name in ("MOLAM_ENVIRONMENT", "MOLAM_REGION"):
        monkeypatch.delenv(name, raising=False)
    variables = {
        "MOLAM_API_BASE": molam_api_base,
        "MOLAM_API_KEY": molam_sandbox.api_key,
        "MOLAM_WEBHOOK_SECRET": molam_sandbox.webhook_secret,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
def _molam_control(molam_sandbox: LocalSandbox) -> Iterator[MolamClient]:
    """A client that what the test arms does not hit."""
    from .. import MolamClient

    with MolamClient(api_key=molam_sandbox.api_key, api_base=molam_sandbox.url) as client:
        yield client


@pytest.fixture
def molam_clock(_molam_control: MolamClient) -> ClockControl:
    """The sandbox's clock: `molam_clock.advance(30)`."""
    from . import ClockControl

    return ClockControl(_molam_control)


@pytest.fixture
def molam_faults(_molam_control: MolamClient, _molam_proxy: DecliningProxy) -> FaultControl:
    """What goes wrong between the clients of the test and the sandbox: `molam_faults.lose_answer()`."""
    from . import FaultControl

    return FaultControl(_molam_control, _molam_proxy)


@pytest.fixture
def molam_webhooks(molam_webhook_secret: str) -> WebhookMaker:
    """Signed webhooks of every type, as they come and as they should not: `molam_webhooks.make("refund.succeeded")`."""
    from . import WebhookMaker

    return WebhookMaker(molam_webhook_secret)


@pytest.fixture
def molam_mock() -> MockAdapter:
    """Answers of every operation from the specification's examples: `MolamClient(..., http_adapter=molam_mock)`."""
    from . import MockAdapter

    return MockAdapter()


def _set_guard(config: pytest.Config) -> None:
    if _guarded in config.stash:
        return
    choice = str(config.getini("molam_guard")).strip().lower()
    if choice not in ("on", "off"):
        raise pytest.UsageError("the ini option molam_guard must be on or off")
    hosts = tuple(str(host).lower() for host in config.getini("molam_guard_hosts"))
    config.stash[_guarded] = guarded = _guard.under(_guard.Rules(hosts) if choice == "on" else None)
    guarded.__enter__()
