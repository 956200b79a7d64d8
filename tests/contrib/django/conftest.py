"""A project in this process, with a database of each kind that this run is for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.test.utils import setup_test_environment, teardown_test_environment

from tests.durable.databases import NAMES, temporary

from . import project

project.mariadb_by_pymysql()
project.configure({"default": project.sqlite(Path("never.db"))})

from molam_sdk.contrib.django import models, signals  # noqa: E402 - once there are settings

from .shop.models import Effect, Unique  # noqa: E402

ALIASES = tuple("default" if name == "sqlite" else name for name in NAMES)
TABLES = (models.ReceivedWebhook, models.WebhookObject, models.Call, Effect, Unique)


@pytest.fixture(scope="session", autouse=True)
def environment() -> Iterator[None]:
    setup_test_environment()
    yield
    teardown_test_environment()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], None]]:
    """Makes the database of an alias, with the tables of `migrate`."""
    made: set[str] = set()
    with ExitStack() as stack:

        def make(alias: str) -> None:
            if alias in made:
                return
            made.add(alias)
            if alias == "default":
                path = tmp_path_factory.mktemp("django") / "shop.db"
                connections["default"].settings_dict["NAME"] = str(path)
                connections.settings["default"]["NAME"] = str(path)
            else:
                durable = stack.enter_context(temporary(alias, tmp_path_factory.mktemp(alias), empty=True))
                found = project.server(alias, durable.url)
                connections.settings[alias] = connections.configure_settings({"default": {}, alias: found})[alias]
                stack.callback(lambda: connections[alias].close())
            call_command("migrate", database=alias, run_syncdb=True, verbosity=0)

        yield make
        for alias in made:
            connections[alias].close()


def emptied(alias: str) -> None:
    for table in TABLES:
        table._default_manager.using(alias).all().delete()


@pytest.fixture(params=ALIASES)
def alias(request: pytest.FixtureRequest, databases: Callable[[str], None]) -> Iterator[str]:
    """Each database in turn, with empty tables, as the one that Molam is kept in."""
    name: str = request.param
    databases(name)
    with override_settings(MOLAM={**project.MOLAM, "DATABASE": name}):
        emptied(name)
        yield name
        emptied(name)


@pytest.fixture
def default(databases: Callable[[str], None]) -> Iterator[None]:
    """The database in a file, with empty tables."""
    databases("default")
    emptied("default")
    yield
    emptied("default")


@pytest.fixture(autouse=True)
def disconnected() -> Iterator[None]:
    """Signals as they were before the test."""
    every = (*signals.BY_TYPE.values(), signals.event_received, signals.receiver_failed)
    before = [(signal, list(signal.receivers)) for signal in every]
    yield
    for signal, receivers in before:
        signal.receivers = receivers
        signal.sender_receivers_cache.clear()


@pytest.fixture(autouse=True)
def no_molam_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("MOLAM_") and not each.startswith("MOLAM_TEST_")]:
        monkeypatch.delenv(name)


def variables(alias: str) -> dict[str, Any]:
    """The settings of a database, for a process of its own."""
    kept: dict[str, Any] = connections.settings[alias]
    return {name: kept[name] for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
