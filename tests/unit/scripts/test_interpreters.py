"""Finding interpreters: only what answers as a working CPython of the wanted version counts."""

import sys
from pathlib import Path

import pytest

from _launcher.interpreters import find, probe

OWN = sys.version_info[:2]


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_running_interpreter_says_its_version() -> None:
    assert probe(Path(sys.executable)) == OWN


@pytest.mark.parametrize("body", ["echo 'command not found' >&2; exit 127", "echo pypy 3 11", "echo"])
def test_what_is_no_working_cpython_is_none(tmp_path: Path, body: str) -> None:
    assert probe(script(tmp_path / "python3.12", body)) is None
    assert probe(tmp_path / "absent") is None


def test_a_shim_that_does_not_work_gives_way_to_the_interpreter_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "shims" / "python3.98", "exit 127")
    behind = script(tmp_path / "versions" / "3.98.4" / "bin" / "python3.98", "echo cpython 3 98")
    script(tmp_path / "versions" / "3.98.2" / "bin" / "python3.98", "echo cpython 3 98")
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert find((3, 98)) == behind
    assert find((3, 97)) is None
