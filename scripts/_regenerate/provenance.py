"""The record beside the generated code of what it was made from, with what, and what came out."""

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path

from _regenerate import toolchain
from _regenerate.spec import is_object

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


def recorded_outputs(path: Path) -> dict[str, str]:
    """Output name -> hash, as a provenance file has them; empty if it is missing or unreadable."""
    try:
        outputs: object = tomllib.loads(path.read_text(encoding="utf-8")).get("outputs")
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    return outputs if is_object(outputs) else {}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _section(name: str, values: Mapping[str, str]) -> str:
    lines = [f'"{key}" = "{value}"\n' for key, value in values.items()]
    return f"\n[{name}]\n" + "".join(lines)
