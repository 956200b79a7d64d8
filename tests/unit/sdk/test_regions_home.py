"""The home region of an account, as a client and its copies remember it."""

from __future__ import annotations

import os
from typing import Any

import pytest

from molam_sdk._calls.home import HomeRegion


@pytest.mark.parametrize("name", ["eu-west", "sn", "a", "auto"])
def test_a_region_is_remembered(name: str) -> None:
    home = HomeRegion()
    assert home.region is None
    home.found(name)
    assert home.region == name


@pytest.mark.parametrize("name", [None, "", "a.b", "a/b", "evil.example/#", "EU", "a_b", "-a", 7, ["eu-west"]])
def test_what_cannot_be_part_of_a_host_is_not(name: Any) -> None:
    home = HomeRegion()
    home.found(name)
    assert home.region == "auto"


def test_a_child_does_not_inherit_the_lock_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    home = HomeRegion()
    inherited = home.lock
    assert home.lock is inherited
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert home.lock is not inherited
    assert home.lock is home.lock
