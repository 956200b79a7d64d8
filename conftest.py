"""Runs the Python blocks of the README and the guides, each file against the sandbox from top to bottom."""

import json
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import pytest
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_plugins = ["molam_sdk.testing.plugin"] if find_spec("molam_sdk") else []
"""Where the distribution is installed pytest has found it already; what builds the distributions has neither."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the plugin's option where the plugin is not."""
    if not pytest_plugins:
        parser.addini("molam_guard", "of molam_sdk.testing.plugin", default="off")


@pytest.fixture(scope="module")
def sandbox_variables() -> Iterator[dict[str, str]]:
    """The environment variables that lead a client, also in a program of its own, to a sandbox in a thread."""
    from molam_gateway.embedded import Sandbox

    with Sandbox() as sandbox:
        yield {
            "MOLAM_API_BASE": sandbox.url,
            "MOLAM_API_KEY": sandbox.api_key,
            "MOLAM_WEBHOOK_SECRET": sandbox.webhook_secret,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }


@pytest.fixture(scope="module")
def webhook(sandbox_variables: dict[str, str]) -> SimpleNamespace:
    """A request as a web framework hands it over: a payment has succeeded."""
    from molam_sdk import MolamClient, webhooks

    key, url = sandbox_variables["MOLAM_API_KEY"], sandbox_variables["MOLAM_API_BASE"]
    with MolamClient(api_key=key, api_base=url) as client:
        intent = client.payment_intents.create(amount=2500, currency="USD", payment_method="pm_cpay_ok", confirm=True)
        (event,) = client.events.list(type="payment_intent.succeeded", object_id=intent.id)
    body = json.dumps(event.to_dict()).encode()
    signature = webhooks.generate_signature(body, sandbox_variables["MOLAM_WEBHOOK_SECRET"])
    return SimpleNamespace(headers={"Molam-Signature": signature}, body=body)


@pytest.fixture
def documented(
    sandbox_variables: dict[str, str], webhook: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> SimpleNamespace:
    """What a block may take for granted: the variables, and `request` as a webhook."""
    for name, value in sandbox_variables.items():
        monkeypatch.setenv(name, value)
    integration: Any = sys.modules.get("molam_sdk.contrib.django._state")
    if integration is not None:  # its client is that of the process, and so of the last sandbox
        integration.forget_all()
    return webhook


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Call the webhook what frameworks call it; pytest keeps a fixture of that name for itself."""
    if isinstance(item, SybilItem):
        namespace = item.example.namespace
        namespace["request"] = namespace["documented"]


def _close_clients(namespace: dict[str, Any]) -> None:
    from molam_sdk import MolamClient

    for value in namespace.values():
        if isinstance(value, MolamClient):
            value.close()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["README.md", "docs/**/*.md"],
    fixtures=["documented"],
    teardown=_close_clients,
).pytest()
