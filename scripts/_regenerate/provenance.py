"""The record beside the generated code of what it was made from, with what, and what came out."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from _regenerate import toolchain

_HEAD = "# Written by scripts/regenerate; `scripts/regenerate --check` compares it with the files it names.\n"


def record(*, spec: bytes, inputs: Mapping[str, bytes], outputs: Mapping[str, bytes]) -> bytes:
    """The provenance file as bytes: same arguments and tools, same bytes."""
    sections = {
        "spec": {"sha256": sha256(spec)},
        "tools": toolchain.pinned(),
        "templates": {name: sha256(content) for name, content in sorted(inputs.items())},
        "outputs": {name: sha256(content) for name, content in sorted(outputs.items())},
    }
    return (_HEAD + "".join(_section(name, values) for name, values in sections.items())).encode()


def read(path: Path) -> dict[str, dict[str, str]]:
    """The sections of a provenance file; all empty if it is missing or unreadable."""
    sections: dict[str, dict[str, str]] = {"spec": {}, "tools": {}, "templates": {}, "outputs": {}}
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return sections
    return sections | {name: values for name, values in found.items() if isinstance(values, dict)}


def hashes(paths: Iterable[Path]) -> dict[str, bytes]:
    """File name -> content, for `record`."""
    return {path.name: path.read_bytes() for path in paths}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _section(name: str, values: Mapping[str, str]) -> str:
    lines = [f'"{key}" = "{value}"\n' for key, value in values.items()]
    return f"\n[{name}]\n" + "".join(lines)
