"""Finds the Python interpreters of a machine by asking each candidate what it is."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

_QUESTION = "import sys; print(sys.implementation.name, *sys.version_info[:2])"
_PATIENCE = 20.0


def probe(candidate: Path) -> tuple[int, int] | None:
    """The version of a working CPython, None for anything else (a pyenv shim may exist and not work)."""
    try:
        done = subprocess.run(
            [str(candidate), "-I", "-c", _QUESTION], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.split()
    if done.returncode != 0 or len(words) != 3 or words[0] != "cpython":
        return None
    return int(words[1]), int(words[2])


def find(version: tuple[int, int]) -> Path | None:
    """A working CPython of this version: from the search path, else from pyenv."""
    return next((candidate for candidate in _candidates(version) if probe(candidate) == version), None)


def _candidates(version: tuple[int, int]) -> Iterator[Path]:
    name = f"python{version[0]}.{version[1]}"
    on_path = shutil.which(name)
    if on_path is not None:
        yield Path(on_path)
    for home in _pyenv_versions():
        if home.name.startswith(f"{version[0]}.{version[1]}."):
            yield home / "bin" / name


def _pyenv_versions() -> list[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    try:
        return sorted((root / "versions").iterdir(), key=_numbers, reverse=True)
    except OSError:
        return []


def _numbers(home: Path) -> list[int]:
    return [int(part) for part in home.name.split(".") if part.isdigit()]
