"""Measures the gateway on PostgreSQL beside its machine's own floor, prints one table and fails if it misses a bar.

    python -m benchmarks.gateway [--only closed-loop] [--seconds 10] [--workers 2] [--server URL] [--write]

On a machine that does nothing else: absolute figures and ratios are of one run. The server must be durable; a database
is made in it and dropped again. `--write` writes the part about the gateway of docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from types import FrameType

from benchmarks import page
from benchmarks.gateway.database import private_database
from benchmarks.gateway.measures import MEASURES, Bench
from benchmarks.gateway.report import Figure, as_section, as_text

_SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gateway", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=list(MEASURES), help="one measure; repeatable")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each load lasts (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the gateway (default: %(default)s)")
    parser.add_argument("--sockets", type=int, default=5000, help="idle WebSockets (default: %(default)s)")
    parser.add_argument("--server", default=_SERVER, metavar="URL", help="a PostgreSQL server (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md too")
    chosen = parser.parse_args(arguments)
    _allow_many_files()
    signal.signal(signal.SIGTERM, _stop)
    figures: list[Figure] = []
    with private_database(chosen.server) as database, ExitStack() as stack:
        bench = Bench(database, chosen.workers, chosen.seconds, chosen.sockets, stack)
        for name in chosen.only or MEASURES:
            print(f"{name} ...", file=sys.stderr, flush=True)
            figures += MEASURES[name](bench)
    print(as_text(figures))
    if chosen.write:
        page.write_gateway(as_section(figures, workers=chosen.workers, seconds=chosen.seconds))
    return 0 if all(figure.passed for figure in figures) else 1


def _stop(number: int, frame: FrameType | None) -> None:
    """End as on an error: what was started is stopped, and the database dropped."""
    sys.exit(128 + number)


def _allow_many_files() -> None:
    """As many connections as the system allows, for this process and those that it starts."""
    with contextlib.suppress(ImportError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main())
