"""Starts processes of the tests' project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from .conftest import variables

ROOT = Path(__file__).parents[3]


def start(alias: str, *arguments: str, dies_at: str = "", **molam: Any) -> subprocess.Popen[str]:
    """Start a command of manage.py on a database."""
    given = {"database": variables(alias), "molam": molam, "dies_at": dies_at}
    paths = os.pathsep.join([*(path for path in sys.path if path), str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.contrib.django.worker", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_TEST": json.dumps(given), "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
