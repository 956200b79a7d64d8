"""The page of the documentation that holds the figures of both benchmarks: each writes its own part of it."""

from __future__ import annotations

from pathlib import Path

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
GATEWAY = "## The gateway"
"""The heading of the part that `python -m benchmarks.gateway` writes; it is the last one."""


def write_sdk(text: str) -> None:
    """Replace the part about the SDK."""
    DOCUMENT.write_text(_joined(text, _parts()[1]), encoding="utf-8")


def write_gateway(text: str) -> None:
    """Replace the part about the gateway, or add it."""
    DOCUMENT.write_text(_joined(_parts()[0], text), encoding="utf-8")


def _parts() -> tuple[str, str]:
    before, found, after = DOCUMENT.read_text(encoding="utf-8").partition(f"\n{GATEWAY}\n")
    return before, f"{GATEWAY}\n{after}" if found else ""


def _joined(before: str, section: str) -> str:
    return "\n\n".join(part.strip() for part in (before, section) if part) + "\n"
