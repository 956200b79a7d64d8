"""The public names: each front door offers what it lists, no more, and says what it is for."""

import ast
import importlib
import inspect
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path

import pytest

import molam_sdk

ROOT = Path(__file__).parents[2]
FRONT_DOORS = [
    "molam_sdk",
    "molam_sdk.config",
    "molam_sdk.errors",
    "molam_sdk.journal",
    "molam_sdk.money",
    "molam_sdk.transports",
    "molam_sdk.webhooks",
    "molam_gateway",
]
SHOWN_TO_TYPE_CHECKERS = ROOT / "overlay" / "molam_sdk" / "__init__.py"


@pytest.mark.parametrize("name", FRONT_DOORS)
def test_every_listed_name_is_there(name: str) -> None:
    module = importlib.import_module(name)
    assert [each for each in module.__all__ if not hasattr(module, each)] == []
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("name", FRONT_DOORS[1:7])
def test_every_public_name_made_in_a_module_is_listed(name: str) -> None:
    module = importlib.import_module(name)
    made = {
        each
        for each, value in vars(module).items()
        if not each.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == name
    }
    internal = {"check_amount", "check_currency", "resolve_amount", "api_error"}
    assert made - internal <= set(module.__all__)


def test_what_type_checkers_see_is_what_the_program_gets() -> None:
    tree = ast.parse(SHOWN_TO_TYPE_CHECKERS.read_text(encoding="utf-8"))
    shown = {
        alias.asname or alias.name
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert shown | {"__version__"} == set(molam_sdk.__all__) == set(dir(molam_sdk))


def test_an_unknown_name_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="MolamSyncClient"):
        importlib.import_module("molam_sdk").MolamSyncClient  # noqa: B018 - reading it is the point


@pytest.mark.parametrize("name", [each for each in molam_sdk.__all__ if each != "__version__"])
def test_every_public_name_says_what_it_is_for(name: str) -> None:
    assert (inspect.getdoc(getattr(molam_sdk, name)) or "").strip()


def public_methods() -> list[tuple[str, object]]:
    """What a user can call or read on the clients, their resources, and the other public classes."""
    classes = [value for name in molam_sdk.__all__ if inspect.isclass(value := getattr(molam_sdk, name))]
    for client in (molam_sdk.MolamClient(api_key="sk_test_x"), molam_sdk.MolamAsyncClient(api_key="sk_test_x")):
        classes += [type(getattr(client, name)) for name, value in vars(type(client)).items() if _is_lazy(value)]
    return [
        (f"{owner.__name__}.{name}", value)
        for owner in classes
        for name, value in vars(owner).items()
        if not name.startswith("_") and (inspect.isfunction(value) or isinstance(value, property) or _is_lazy(value))
    ]


def _is_lazy(value: object) -> bool:
    return isinstance(value, cached_property)


METHODS = public_methods()


@pytest.mark.parametrize("method", [method for _, method in METHODS], ids=[name for name, _ in METHODS])
def test_every_public_method_says_what_it_is_for(method: object) -> None:
    assert (inspect.getdoc(method) or "").strip()


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        ("import molam_sdk", ("asyncio", "attr", "httpcore", "httpx", "logging", "molam_api", "ssl")),
        ("from molam_sdk import Config, Money, errors, webhooks", ("asyncio", "httpcore", "httpx", "logging", "ssl")),
        ("import molam_sdk; molam_sdk.MolamClient(api_key='sk_test_x').payment_intents", ("asyncio", "httpx")),
        ("import molam_sdk; molam_sdk.MolamAsyncClient(api_key='sk_test_x').payment_intents", ("httpx",)),
    ],
)
def test_a_process_loads_what_it_uses_only(program: str, absent: tuple[str, ...]) -> None:
    shown = f"import sys; {program}; print(sorted(set({absent!r}) & sys.modules.keys()))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    environment = {name: value for name, value in environment.items() if not name.startswith("COVERAGE")}
    done = subprocess.run([sys.executable, "-c", shown], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
