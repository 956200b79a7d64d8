"""`manage.py check` finds what would fail, and is silent about a project that is well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.db import connections
from django.test import override_settings

from . import project

pytestmark = pytest.mark.usefixtures("default")


def found(*, databases: list[str] | None = None) -> set[str]:
    messages = checks.run_checks(databases=databases)
    return {str(message.id) for message in messages if str(message.id).startswith("molam.")}


def test_a_project_that_is_well_has_nothing_to_be_told() -> None:
    with override_settings(DEBUG=True, MOLAM=project.MOLAM):
        assert found(databases=["default"]) == set()


CASES: list[tuple[dict[str, Any], set[str]]] = [
    ({"MOLAM": {"TIMEOUT": "soon"}}, {"molam.E001"}),
    ({"MOLAM": {"API_KEY": "sk_test_1"}}, {"molam.W002", "molam.I001"}),
    ({"MOLAM": {"WEBHOOK_SECRET": "whsec_1"}}, {"molam.W003"}),
    ({"MOLAM": {"API_KEY": "sk_live_1", "WEBHOOK_SECRET": "w"}, "DEBUG": True}, {"molam.E002"}),
    ({"MOLAM": {"API_KEY": "sk_live_1", "WEBHOOK_SECRET": "w"}}, set()),
    ({"MOLAM_TIMOUT": 3}, {"molam.W001", "molam.I001"}),
    ({"ROOT_URLCONF": "tests.contrib.django.no_urls"}, {"molam.W005", "molam.I001"}),
    (
        {"MOLAM": {"API_KEY": "sk_test_1", "WEBHOOK_SECRET": "w", "PROXY": "http://me:pass@proxy:3128"}},
        {"molam.W004", "molam.I001"},
    ),
]


@pytest.mark.parametrize(("changes", "expected"), CASES)
def test_what_is_not(changes: dict[str, Any], expected: set[str]) -> None:
    with override_settings(**changes):
        assert found() == expected


def test_a_transaction_around_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    wrapper: Any = connections["default"]
    monkeypatch.setitem(wrapper.settings_dict, "ATOMIC_REQUESTS", True)
    assert found() == {"molam.W006", "molam.I001"}
    monkeypatch.setattr(wrapper, "vendor", "postgresql")
    assert found() == {"molam.I002", "molam.I001"}
    monkeypatch.setattr(wrapper, "vendor", "oracle")
    assert "molam.E003" in found()


def test_a_database_that_never_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "AUTOCOMMIT", False)
    assert "molam.E004" in found()


def test_tables_that_are_not_there(tmp_path: Path) -> None:
    empty = project.sqlite(tmp_path / "empty.db")
    connections.settings["empty"] = connections.configure_settings({"default": {}, "empty": empty})["empty"]
    try:
        with override_settings(MOLAM={**project.MOLAM, "DATABASE": "empty"}):
            assert found(databases=["empty"]) == {"molam.W008", "molam.I001"}
    finally:
        connections["empty"].close()
        del connections.settings["empty"]
