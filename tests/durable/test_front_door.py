"""The front door of molam_sdk.durable: its names, and what it says without SQLAlchemy."""

import inspect
import os
import subprocess
import sys

import pytest

from molam_sdk import durable

WITHOUT = """
import sys
for name in {absent!r}:
    sys.modules[name] = None
import molam_sdk.durable
from molam_sdk.errors import ConfigurationError
try:
    {statement}
except ConfigurationError as error:
    print(error, error.__context__)
"""


def without(absent: tuple[str, ...], statement: str) -> str:
    """What a program says where something is not installed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    environment = {name: value for name, value in environment.items() if not name.startswith("COVERAGE")}
    program = [sys.executable, "-c", WITHOUT.format(absent=absent, statement=statement)]
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("name", durable.__all__)
def test_every_name_is_there_and_says_what_it_is_for(name: str) -> None:
    value = getattr(durable, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert (inspect.getdoc(value) or "").strip()
    assert name in dir(durable)


@pytest.mark.parametrize(
    "method",
    [
        pytest.param(value, id=f"{name}.{each}")
        for name in durable.__all__
        if inspect.isclass(owner := getattr(durable, name))
        for each, value in vars(owner).items()
        if not each.startswith("_") and inspect.isfunction(value)
    ],
)
def test_every_method_says_what_it_is_for(method: object) -> None:
    assert (inspect.getdoc(method) or "").strip()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Jurnal"):
        durable.Jurnal  # noqa: B018 - reading it is the point


def test_without_sqlalchemy_it_says_what_to_install() -> None:
    said = without(("sqlalchemy",), "from molam_sdk.durable import Journal")
    assert said == "molam_sdk.durable needs sqlalchemy: pip install 'molam-sdk-python[sql]' None"


def test_without_greenlet_it_says_what_to_install() -> None:
    wanted = "molam_sdk.durable needs greenlet: pip install 'molam-sdk-python[sql]' None"
    assert without(("greenlet",), "exec('from molam_sdk.durable import *')") == wanted
    making = "import asyncio; asyncio.run(molam_sdk.durable.create_tables_async(None))"
    assert without(("greenlet",), making) == wanted


def test_without_cryptography_it_says_what_to_install() -> None:
    statement = (
        "from sqlalchemy import create_engine; "
        "molam_sdk.durable.Journal(create_engine('sqlite:///x.db'), encryption_keys=['k'])"
    )
    said = without(("cryptography", "cryptography.fernet"), statement)
    assert said == "encryption_keys need cryptography: pip install 'molam-sdk-python[sql,encryption]' None"


def test_the_synchronous_half_does_without_asyncio() -> None:
    shown = "import sys; from molam_sdk.durable import Journal; print('sqlalchemy.ext.asyncio' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    environment = {name: value for name, value in environment.items() if not name.startswith("COVERAGE")}
    done = subprocess.run([sys.executable, "-c", shown], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
