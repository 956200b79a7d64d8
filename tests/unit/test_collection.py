"""The tests have the same names in every process, or pytest-xdist could not share them out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def _collected(seed: int) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, "tests"],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


@pytest.mark.timeout(240)
def test_names_do_not_depend_on_the_process() -> None:
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(_collected, (1, 2))
    assert first == second
    assert not [name for name in first if re.search(r" at 0x[0-9a-f]+>", name)]
