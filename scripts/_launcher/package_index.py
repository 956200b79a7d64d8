"""Has uv look for packages where pip does: of itself it reads neither pip's files nor its variables."""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping

_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}
_LEVELS = ("global", "install", ":env:")
"""Where pip finds an option, the last first."""


def for_uv() -> dict[str, str]:
    """The variables that tell uv what pip is told; those that are set stay as they are."""
    done = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    told = translated(done.stdout if done.returncode == 0 else "")
    return {name: value for name, value in told.items() if name not in os.environ}


def translated(listed: str) -> Mapping[str, str]:
    """The variables of uv for the lines that `pip config list` prints."""
    options: dict[str, str] = {}
    for level in _LEVELS:
        for line in listed.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(f"{level}."):
                options[name.removeprefix(f"{level}.")] = str(ast.literal_eval(value))
    given = {name: value.split() for name, value in options.items() if name in _NAMES and value.strip()}
    told = {_NAMES[name]: ("," if name == "find-links" else " ").join(values) for name, values in given.items()}
    if "UV_INDEX" in told:
        told["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # pip's: the newest version of all indexes
    return told
