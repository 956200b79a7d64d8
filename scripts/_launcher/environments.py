"""Makes a virtual environment once and brings it up to date whenever what belongs into it changes."""

import hashlib
import importlib.util
import os
import subprocess
import sys
import venv
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def without_bytecode_switch() -> dict[str, str]:
    """The environment variables, less the one that makes every import three times as slow."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Environment:
    """A virtual environment under .cache/ for the running Python, with a note of what was installed into it."""

    def __init__(self, name: str) -> None:
        self.home = ROOT / ".cache" / f"{name}-py{sys.version_info.major}{sys.version_info.minor}"
        self.scripts = self.home / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.scripts / "python"
        self._note = self.home / "installed"

    def install(self, what: Sequence[str], *, made_from: Iterable[Path] = ()) -> None:
        """Install with pip, its progress visible, unless the same was installed before.

        Raises subprocess.CalledProcessError if that fails; the next call then starts afresh.
        """
        digest = _digest(what, made_from)
        before = self._note.read_text(encoding="utf-8") if self._note.is_file() else None
        if before == digest:
            return
        print(f"Installing into {self.home.relative_to(ROOT)} ({' '.join(what)}) ...", flush=True)
        if before is None:
            venv.create(self.home, clear=True, with_pip=_HAS_ENSUREPIP)
        self._note.unlink(missing_ok=True)
        command = [*self._pip(), "install", "--disable-pip-version-check", *what]
        subprocess.run(command, cwd=ROOT, env=without_bytecode_switch(), check=True)
        self._note.write_text(digest, encoding="utf-8")

    def _pip(self) -> list[str]:
        if _HAS_ENSUREPIP:
            return [str(self.python), "-m", "pip"]
        return [sys.executable, "-m", "pip", "--python", str(self.python)]


# Some distributions of Linux ship pip and venv without it.
_HAS_ENSUREPIP = importlib.util.find_spec("ensurepip") is not None


def _digest(what: Sequence[str], made_from: Iterable[Path]) -> str:
    found = hashlib.sha256("\0".join([sys.executable, sys.version, *what]).encode())
    for path in sorted(made_from):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()
