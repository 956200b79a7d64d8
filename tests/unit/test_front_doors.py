"""The public names: each front door offers what it lists, no more, and says what it is for."""

import ast
import importlib
import inspect
import os
import subprocess
import sys
from functools import cached_property
from types import ModuleType
from typing import Any, is_typeddict

import pytest

import molam_sdk
from molam_sdk import durable, testing, transports, webhooks
from molam_sdk._front_door import front_door

FRONT_DOORS = [
    "molam_sdk",
    "molam_sdk.cli",
    "molam_sdk.config",
    "molam_sdk.durable",
    "molam_sdk.errors",
    "molam_sdk.journal",
    "molam_sdk.money",
    "molam_sdk.realtime",
    "molam_sdk.testing",
    "molam_sdk.transports",
    "molam_sdk.webhooks",
    "molam_gateway",
]
LAZY = ["molam_sdk", "molam_sdk.durable", "molam_sdk.testing"]
"""Front doors whose names are imported when they are first used."""

OF_ONE_FILE = [name for name in FRONT_DOORS if name not in (*LAZY, "molam_gateway")]


@pytest.mark.parametrize("name", FRONT_DOORS)
def test_every_listed_name_is_there(name: str) -> None:
    module = importlib.import_module(name)
    assert [each for each in module.__all__ if not hasattr(module, each)] == []
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("name", OF_ONE_FILE)
def test_every_public_name_made_in_a_module_is_listed(name: str) -> None:
    module = importlib.import_module(name)
    made = {
        each
        for each, value in vars(module).items()
        if not each.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == name
    }
    internal = {"check_amount", "check_currency", "major_text", "resolve_amount", "resolve_major", "api_error"}
    assert made - internal <= set(module.__all__)


@pytest.mark.parametrize("name", LAZY)
def test_what_type_checkers_see_is_what_the_program_gets(name: str) -> None:
    module = importlib.import_module(name)
    tree = ast.parse(inspect.getsource(module))
    shown = {
        alias.asname or alias.name
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert shown == set(module.__all__) - {"__version__"}
    assert set(dir(module)) == set(module.__all__)


@pytest.mark.parametrize("name", LAZY)
def test_an_unknown_name_is_an_attribute_error_that_names_it(name: str) -> None:
    with pytest.raises(AttributeError, match="MolamSyncClient"):
        importlib.import_module(name).MolamSyncClient  # noqa: B018 - reading it is the point


def offered(module: ModuleType) -> list[tuple[str, Any]]:
    """The classes and functions that a front door offers."""
    found = [(name, getattr(module, name)) for name in module.__all__]
    return [(name, value) for name, value in found if inspect.isclass(value) or inspect.isfunction(value)]


OFFERED = offered(molam_sdk) + offered(durable) + offered(testing)


@pytest.mark.parametrize("value", [value for _, value in OFFERED], ids=[name for name, _ in OFFERED])
def test_every_public_name_says_what_it_is_for(value: object) -> None:
    assert (inspect.getdoc(value) or "").strip()


def resources() -> list[type]:
    """The classes behind the attributes of both clients."""
    clients = molam_sdk.MolamClient(api_key="sk_test_x"), molam_sdk.MolamAsyncClient(api_key="sk_test_x")
    return [
        type(getattr(each, name)) for each in clients for name, value in vars(type(each)).items() if _is_lazy(value)
    ]


def public_methods() -> list[tuple[str, object]]:
    """What a user can call or read on the clients, their resources, and the other public classes."""
    classes = [value for _, value in OFFERED if inspect.isclass(value)] + resources()
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


def guarded() -> list[tuple[str, Any]]:
    """What is called with keys, customers or connections: it makes calls or keeps something in a database."""
    made: list[type] = [molam_sdk.MolamClient, molam_sdk.MolamAsyncClient]
    made += [value for _, value in offered(transports)]
    made += [value for _, value in offered(durable) if inspect.isclass(value) and not _is_value(value)]
    methods: dict[str, Any] = {f"{owner.__name__}.__init__": vars(owner)["__init__"] for owner in made}
    methods |= {
        f"{owner.__name__}.{name}": value
        for owner in made + resources()
        for name, value in inspect.getmembers(owner, inspect.isfunction)
        if not name.startswith("_")
    }
    methods |= {name: value for name, value in offered(durable) + offered(webhooks) if inspect.isfunction(value)}
    return [(name, value) for name, value in methods.items() if name not in WITHOUT_A_DOOR]


def _is_value(owner: type) -> bool:
    return hasattr(owner, "__attrs_attrs__") or is_typeddict(owner)


WITHOUT_A_DOOR = {"MolamClient.close", "MolamAsyncClient.aclose"}
"""They take nothing."""

GUARDED = guarded()


@pytest.mark.parametrize("method", [method for _, method in GUARDED], ids=[name for name, _ in GUARDED])
def test_no_exception_leaves_a_public_method_but_through_a_door(method: Any) -> None:
    """Of the kind of the method: before a coroutine function the plain door is passed before anything can be raised."""
    doors: list[bool] = []
    while hasattr(method, "__wrapped__"):
        if inspect.getfile(method) == inspect.getfile(front_door):
            doors.append(inspect.iscoroutinefunction(method))
        method = method.__wrapped__
    assert doors == [inspect.iscoroutinefunction(method)]


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        ("import molam_sdk", ("asyncio", "attr", "httpcore", "httpx", "logging", "molam_api", "ssl")),
        ("from molam_sdk import Config, Money, errors, webhooks", ("asyncio", "httpcore", "httpx", "logging", "ssl")),
        ("import molam_sdk; molam_sdk.MolamClient(api_key='sk_test_x').payment_intents", ("asyncio", "httpx")),
        ("import molam_sdk; molam_sdk.MolamAsyncClient(api_key='sk_test_x').payment_intents", ("httpx",)),
        ("import molam_sdk.cli", ("asyncio", "attr", "httpx", "logging", "molam_api", "rich", "ssl", "typer")),
        (
            "import molam_sdk.testing.plugin",
            ("asyncio", "attr", "httpx", "molam_api", "molam_sdk.errors", "sqlalchemy"),
        ),
        ("import molam_sdk.durable", ("asyncio", "attr", "httpx", "logging", "molam_api", "sqlalchemy", "ssl")),
    ],
)
def test_a_process_loads_what_it_uses_only(program: str, absent: tuple[str, ...]) -> None:
    shown = f"import sys; {program}; print(sorted(set({absent!r}) & sys.modules.keys()))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    environment = {name: value for name, value in environment.items() if not name.startswith("COVERAGE")}
    done = subprocess.run([sys.executable, "-c", shown], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
