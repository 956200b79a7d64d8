"""The command `python -m molam_sdk.durable`, which prints the SQL that makes the durable tables."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from ._migrations import DIALECTS, script

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is asked for; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m molam_sdk.durable", description="The durable tables of the SDK.")
    commands = parser.add_subparsers(dest="command", required=True)
    schema = commands.add_parser("schema", help="print the SQL that makes the tables")
    schema.add_argument("--dialect", required=True, choices=(*DIALECTS, "mariadb"))
    sys.stdout.write(script(parser.parse_args(arguments).dialect))
    return 0


if __name__ == "__main__":
    sys.exit(main())
