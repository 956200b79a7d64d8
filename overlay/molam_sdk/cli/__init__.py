"""The command `molam`: payments, webhooks and a sandbox from a terminal; needs the extra `cli`."""

from __future__ import annotations

import sys

from ._pipes import give_up_writing

__all__ = ["main"]

_NEEDED = frozenset({"rich", "typer"})


def main() -> None:
    """Run the command with the arguments of this process, and exit with its status."""
    try:
        status = _run()
        sys.stdout.flush()
    except BrokenPipeError:
        give_up_writing()
        status = 141
    sys.exit(status)


def _run() -> int:
    try:
        from ._app import app
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        sys.stderr.write(
            f"molam: the command needs {error.name}: pip install 'molam-sdk-python[cli]', in a clone '.[cli]'\n"
        )
        return 2
    try:
        app(prog_name="molam")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
