"""The public names: each front door offers what it lists, no more, and says what it is for."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import molam_sdk

ROOT = Path(__file__).parents[2]
FRONT_DOORS = [
    "molam_sdk",
    "molam_sdk.config",
    "molam_sdk.errors",
    "molam_sdk.money",
    "molam_sdk.webhooks",
    "molam_gateway",
]
SHOWN_TO_TYPE_CHECKERS = ROOT / "overlay" / "molam_sdk" / "__init__.py"


@pytest.mark.parametrize("name", FRONT_DOORS)
def test_every_listed_name_is_there(name: str) -> None:
    module = importlib.import_module(name)
    assert [each for each in module.__all__ if not hasattr(module, each)] == []
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("name", FRONT_DOORS[1:5])
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
