"""A database for commands, and what they print."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from molam_gateway.cli import main
from molam_gateway.vault import generate_key
from tests.gateway_databases import PostgresSchema, SqliteFile, copied, postgres_schema, sqlite_template
from tests.servers import chosen

Run: TypeAlias = Callable[..., list[dict[str, Any]]]
"""Runs a command that must succeed; returns the lines that it printed."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what changes a database on each kind of it."""
    if "database_url" in metafunc.fixturenames:
        metafunc.parametrize("database_url", chosen("sqlite", "postgresql"), indirect=True)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> SqliteFile:
    return sqlite_template(tmp_path_factory.mktemp("commands"))


@pytest.fixture(scope="session")
def schema() -> Iterator[PostgresSchema]:
    with postgres_schema() as made:
        yield made


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of this version."""
    if request.param == "sqlite":
        return f"sqlite:///{copied(request.getfixturevalue('template'), tmp_path).path}"
    found: PostgresSchema = request.getfixturevalue("schema")
    found.empty()
    return found.url


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("MOLAM_GATEWAY_DATABASE", database_url)
    monkeypatch.setenv("MOLAM_GATEWAY_KEY", generate_key())

    def done(*arguments: str) -> list[dict[str, Any]]:
        assert main(arguments) == 0, capsys.readouterr().err
        output = capsys.readouterr()
        assert output.err == ""
        return [json.loads(line) for line in output.out.splitlines()]

    return done
