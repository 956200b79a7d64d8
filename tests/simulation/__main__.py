"""Runs the simulation as a command, also from a checkout in which nothing is installed."""

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("molam_sdk") is None:
    sys.path[:0] = [str(Path(__file__).parents[2] / name) for name in ("overlay", "generated")]

if __name__ == "__main__":
    from tests.simulation.command import main

    sys.exit(main())
