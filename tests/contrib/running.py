"""Runs the server of an example in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


@contextmanager
def running(example: str, log: Path, *command: str, says: str, **variables: str) -> Generator[str]:
    """Run a command of Python as long as the block lasts; it is ready when it says so, and ends well when told to."""
    folder = EXAMPLES / example
    paths = [str(folder), *(str(Path(path).resolve()) for path in sys.path if path)]
    with (
        log.open("w") as written,
        subprocess.Popen(
            [sys.executable, "-W", "error::ResourceWarning", *command],
            cwd=folder,
            env={**os.environ, **variables, "PYTHONPATH": os.pathsep.join(paths)},
            stdout=written,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            while (found := re.search(says, log.read_text())) is None:
                assert process.poll() is None, log.read_text()
                time.sleep(0.02)
            yield found[0]
        finally:
            process.terminate()
            ended = process.wait(timeout=30)
    assert ended in (0, -15), log.read_text()  # uvicorn ends with the signal again once it is through
    assert "Traceback" not in log.read_text()
