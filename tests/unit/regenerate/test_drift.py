"""Same spec, same bytes; and --check names what is not as the spec gives it, why, and what to do."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import SMALL, Run


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.fixture
def copied(generated: Path, tmp_path: Path) -> Path:
    shutil.copytree(generated, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.mark.parametrize("seed", ["1", "20261121"])
def test_another_run_and_hash_seed_gives_the_same_bytes(generated: Path, tmp_path: Path, run: Run, seed: str) -> None:
    done = run("--spec", SMALL, "--output", tmp_path / "again", environment={**os.environ, "PYTHONHASHSEED": seed})
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "again") == contents(generated)


def test_the_committed_outputs_are_what_the_spec_gives(run: Run) -> None:
    done = run("--check")
    assert done.returncode == 0, done.stderr


def test_check_tells_hand_edits_leftovers_and_losses_apart(copied: Path, run: Run) -> None:
    model = copied / "molam_api" / "models" / "box.py"
    model.write_text(model.read_text(encoding="utf-8") + "\nEDITED = True\n", encoding="utf-8")
    (copied / "molam_api" / "stranger.py").touch()
    (copied / "molam_api" / "operations.py").unlink()
    before = contents(copied)
    done = run("--check", "--spec", SMALL, "--output", copied)
    assert done.returncode == 1
    *files, remedy = done.stderr.splitlines()
    assert files == [
        f"{copied}/molam_api/models/box.py was edited by hand",
        f"{copied}/molam_api/operations.py is missing",
        f"{copied}/molam_api/stranger.py is left over, or was put there by hand",
    ]
    assert remedy.startswith("scripts/regenerate --check: Change spec/openapi.yaml (or generated/templates), run ")
    assert contents(copied) == before


def test_check_fails_after_a_change_of_the_spec(
    copied: Path, small: dict[str, Any], spec_file: Callable[[dict[str, Any]], Path], run: Run
) -> None:
    small["components"]["schemas"]["BoxStatus"]["enum"].append("ajar")
    done = run("--check", "--spec", spec_file(small), "--output", copied)
    assert done.returncode == 1
    named = [line for line in done.stderr.splitlines() if line.endswith("is out of date")]
    assert [line.removeprefix(f"{copied}/").split()[0] for line in named] == [
        "PROVENANCE.toml",
        "molam_api/examples.json",
        "molam_api/models/box_status.py",
        "openapi.json",
    ]


@pytest.mark.parametrize("record", [b"", b"not = [toml", b"outputs = 1\n", b"\xff"])
def test_check_fails_on_a_stale_or_broken_provenance(copied: Path, run: Run, record: bytes) -> None:
    (copied / "PROVENANCE.toml").write_bytes(record)
    done = run("--check", "--spec", SMALL, "--output", copied)
    assert done.returncode == 1
    assert f"{copied}/PROVENANCE.toml is out of date" in done.stderr


def test_regenerating_mends_and_removes_but_touches_nothing_else(copied: Path, generated: Path, run: Run) -> None:
    (copied / "molam_api" / "models" / "box.py").write_text("", encoding="utf-8")
    (copied / "molam_api" / "stranger.py").touch()
    cache = copied / "molam_api" / "__pycache__" / "stranger.pyc"
    cache.parent.mkdir()
    cache.touch()
    untouched = copied / "molam_api" / "types.py"
    os.utime(untouched, (0, 0))
    done = run("--spec", SMALL, "--output", copied)
    assert done.stdout.endswith("1 written, 1 removed\n")
    assert untouched.stat().st_mtime == 0
    cache.unlink()
    assert contents(copied) == contents(generated)


def test_a_place_that_cannot_be_written_is_said_without_a_traceback(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").touch()
    done = run("--spec", SMALL, "--output", tmp_path / "file")
    assert done.returncode == 1
    assert done.stderr.startswith("scripts/regenerate: [Errno")
    assert "Traceback" not in done.stderr
