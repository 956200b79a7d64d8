"""The pinned tools: what decides the bytes is pinned exactly, recorded, and looked for before anything is generated."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from _regenerate import toolchain

ROOT = Path(__file__).parents[3]


def test_every_requirement_is_pinned_exactly() -> None:
    lines = toolchain.REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    loose = [line for line in lines if line and not line.startswith("#") and not re.fullmatch(r"[\w.-]+==[\d.]+", line)]
    assert loose == []


def test_the_provenance_records_the_pins_and_the_templates() -> None:
    record = tomllib.loads((ROOT / "generated" / "PROVENANCE.toml").read_text(encoding="utf-8"))
    assert record["tools"] == toolchain.pinned()
    templates = {path.name for path in (ROOT / "generated" / "templates").iterdir()}
    assert templates < set(record["templates"])


def test_the_running_interpreter_is_taken_if_it_has_the_tools(tmp_path: Path) -> None:
    assert toolchain.mismatches() == []
    assert toolchain.interpreter(cache=tmp_path, install=False) == Path(sys.executable)


def test_without_the_tools_and_installing_the_message_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = tmp_path / "requirements.txt"
    wanted = toolchain.REQUIREMENTS.read_text(encoding="utf-8").replace("ruff==0.17.5", "ruff==0.0.1")
    pins.write_text(wanted, encoding="utf-8")
    monkeypatch.setattr(toolchain, "REQUIREMENTS", pins)
    with pytest.raises(toolchain.ToolchainError, match=r"lacks ruff==0\.0\.1 \(found 0\.17\.5\)"):
        toolchain.interpreter(cache=tmp_path, install=False)
