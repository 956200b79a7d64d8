"""The import rules: the checkout obeys them, and each kind of breach is found where it stands."""

import subprocess
import sys
from pathlib import Path

import pytest

from _imports.judging import violations
from _imports.layers import LAYERS

ROOT = Path(__file__).parents[3]


def planted(root: Path, module: str, source: str) -> list[str]:
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return [f"{found.line} {found.imported}" for found in violations([root], LAYERS)]


def test_the_checkout_obeys_the_rules() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts" / "check_imports"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "scripts/check_imports: ok\n")


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("molam_sdk._exchange.exchange", "import httpx\n", ["1 httpx"]),
        ("molam_sdk._exchange.retry", "import json\nimport socket\n", ["2 socket"]),
        ("molam_sdk._exchange.retry", "from urllib import request\n", ["1 urllib.request"]),
        ("molam_sdk._exchange.retry", "import urllib.request\n", ["1 urllib.request"]),
        ("molam_sdk._exchange.retry", "import time\n\ndef wait() -> None:\n    time.sleep(1)\n", ["4 time.sleep"]),
        ("molam_sdk._exchange.retry", "from time import sleep\n", ["1 time.sleep"]),
        (
            "molam_sdk.money",
            "def f() -> None:\n    from molam_sdk._client import a\n",
            ["2 molam_sdk._client"],
        ),
        ("molam_sdk.money", "from ._network.wire import send\n", ["1 molam_sdk._network.wire"]),
        ("molam_sdk.resources.refunds", "from molam_sdk._client import MolamClient\n", ["1 molam_sdk._client"]),
        ("molam_sdk.resources.refunds", "from molam_api.models import Refund\n", []),
        ("molam_sdk.contrib.django", "import django\nfrom molam_sdk import webhooks\n", []),
        (
            "molam_sdk.contrib.django",
            "from molam_sdk._exchange.attempt import Ask\n",
            ["1 molam_sdk._exchange.attempt"],
        ),
        ("molam_sdk.durable._store.store", "from ..._front_door import front_door\n", []),
        ("molam_sdk._client", "import molam_gateway\n", ["1 molam_gateway"]),
        ("molam_api.models.refund", "from molam_sdk import Money\n", ["1 molam_sdk"]),
        ("molam_gateway.domain.money", "import attrs\n", ["1 attrs"]),
        ("molam_gateway.domain.money", "from molam_gateway.storage import refunds\n", ["1 molam_gateway.storage"]),
        ("molam_gateway.http.router", "from molam_gateway.delivery import sender\n", ["1 molam_gateway.delivery"]),
        ("molam_gateway.operations.refunds", "import molam_gateway.providers.contract\n", []),
        (
            "molam_gateway.operations.refunds",
            "import molam_gateway.providers.cpay\n",
            ["1 molam_gateway.providers.cpay"],
        ),
        ("molam_gateway.app", "import molam_sdk\n", ["1 molam_sdk"]),
    ],
)
def test_a_planted_import_is_judged_by_its_layer(tmp_path: Path, module: str, source: str, found: list[str]) -> None:
    assert planted(tmp_path, module, source) == found


def test_an_import_for_types_may_name_another_layer_but_not_another_distribution(tmp_path: Path) -> None:
    source = """from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from molam_sdk._client import MolamClient
    from molam_gateway.app import App
"""
    assert planted(tmp_path, "molam_sdk.resources.refunds", source) == ["4 molam_gateway.app"]


def test_a_relative_import_of_a_sibling_module_is_read_as_that_module(tmp_path: Path) -> None:
    planted(tmp_path, "molam_sdk._network.wire", "import httpx\n")
    assert planted(tmp_path, "molam_sdk.money", "from ._network import wire\n") == ["1 molam_sdk._network.wire"]
