"""The command line of scripts/regenerate, run by an interpreter that has the pinned tools."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from _regenerate import build, drift, provenance
from _regenerate.layout import REPOSITORY, SPEC, Layout
from _regenerate.spec import SpecError

_REMEDY = "Change spec/openapi.yaml (or generated/templates), run scripts/regenerate, and commit what it writes."


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    layout = Layout.under(options.output.resolve()) if options.output else Layout.of_repository()
    try:
        fresh = build.outputs(options.spec)
        return _check(layout, fresh) if options.check else _write(layout, fresh)
    except (SpecError, OSError) as error:
        print(f"scripts/regenerate: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/regenerate", description="Generate what is derived from the spec.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if outputs differ")
    parser.add_argument("--spec", type=Path, default=SPEC, help="the OpenAPI file (default: spec/openapi.yaml)")
    parser.add_argument("--output", type=Path, help="write everything into this directory instead")
    parser.add_argument("--no-install", action="store_true", help="fail instead of installing the pinned tools")
    return parser


def _write(layout: Layout, fresh: Mapping[str, bytes]) -> int:
    """Touch only what differs, so that a running import of the package never sees it empty."""
    present = layout.present()
    changed = [name for name, content in fresh.items() if present.get(name) != content]
    for name in changed:
        path = layout.path_of(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fresh[name])
    stale = sorted(present.keys() - fresh.keys())
    for name in stale:
        layout.path_of(name).unlink()
    print(f"{len(fresh)} files generated, {len(changed)} written, {len(stale)} removed")
    return 0


def _check(layout: Layout, fresh: Mapping[str, bytes]) -> int:
    recorded = provenance.recorded_outputs(layout.provenance)
    differences = drift.differences(present=layout.present(), recorded=recorded, fresh=fresh)
    for reason, names in differences.items():
        for name in names:
            print(f"{_shown(layout.path_of(name))} {reason}", file=sys.stderr)
    if differences:
        print(f"scripts/regenerate --check: {_REMEDY}", file=sys.stderr)
        return 1
    print(f"{len(fresh)} generated files are what the spec gives")
    return 0


def _shown(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix() if path.is_relative_to(REPOSITORY) else str(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
