"""Makes a virtual environment once and again whenever what belongs into it changes."""

import hashlib
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
    """A virtual environment under .cache/, stamped with a digest of what it was made from."""

    def __init__(self, name: str) -> None:
        self.home = ROOT / ".cache" / name
        self.scripts = self.home / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.scripts / "python"
        self._stamp = self.home / "made-from"

    def install(self, what: Sequence[str], *, made_from: Iterable[Path] = ()) -> bool:
        """Install with pip, its progress visible, unless the same was done before; say whether it was done now.

        Raises subprocess.CalledProcessError if pip fails; the next call starts afresh.
        """
        digest = _digest(what, made_from)
        if self._stamp.is_file() and self._stamp.read_text(encoding="utf-8") == digest:
            return False
        print(f"Making {self.home.relative_to(ROOT)} with Python {sys.version.split()[0]} ...", flush=True)
        venv.create(self.home, clear=True, with_pip=True)
        command = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", *what]
        subprocess.run(command, cwd=ROOT, env=without_bytecode_switch(), check=True)
        self._stamp.write_text(digest, encoding="utf-8")
        return True


def _digest(what: Sequence[str], made_from: Iterable[Path]) -> str:
    found = hashlib.sha256("\0".join([sys.executable, sys.version, *what]).encode())
    for path in sorted(made_from):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
