"""What would let tests be missed fails: names that differ between processes, and a process that dies.

Each worker of pytest-xdist has an order of sets of its own (tox.ini, `PYTHONHASHSEED`), and pytest-xdist compares what
they collected.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DIFFERENT = """
import os, pytest

@pytest.mark.parametrize("name", [f"in process {os.getpid()}"])
def test_named_after_its_process(name): pass
"""
DEADLY = """
import os

def test_that_ends_its_process(): os._exit(0)
"""


def _run(directory: Path, tests: str) -> subprocess.CompletedProcess[str]:
    (directory / "test_planted.py").write_text(tests, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--numprocesses", "2", "test_planted.py"]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(command, cwd=directory, env=variables, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("tests", "complaint"), [(DIFFERENT, "Different tests were collected"), (DEADLY, "crashed while running")]
)
def test_a_run_that_misses_tests_fails(tmp_path: Path, tests: str, complaint: str) -> None:
    done = _run(tmp_path, tests)
    assert done.returncode == 1, done.stdout + done.stderr
    assert complaint in done.stdout


def test_no_name_has_the_address_of_an_object(request: pytest.FixtureRequest) -> None:
    assert not [item.nodeid for item in request.session.items if re.search(r" at 0x[0-9a-f]+>", item.nodeid)]
