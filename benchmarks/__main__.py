"""Runs the measures, prints one table and fails if the SDK misses a bar of its own."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import page
from benchmarks.cold import MODULES_BAR, TIME_BAR, cold_starts
from benchmarks.measures import MEASURES, SDK
from benchmarks.report import Row, as_page, as_text
from benchmarks.rounds import QUICK, THOROUGH, Effort, Server, compare

COLD = "cold-start"


@contextmanager
def canned_server() -> Generator[Server, None, None]:
    with TemporaryDirectory() as folder, _canned_server(str(Path(folder) / "authority.pem")) as server:
        yield server


@contextmanager
def _canned_server(authority: str) -> Generator[Server, None, None]:
    command = [sys.executable, "-m", "benchmarks.server", authority]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            plain, sealed = process.stdout.readline().split() if process.stdout is not None else ("", "")
            yield Server(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{sealed}", authority)
        finally:
            process.terminate()


def _rows(names: Sequence[str], server: Server, effort: Effort, *, peers: bool) -> Iterator[Row]:
    for measure in MEASURES:
        if measure.name not in names:
            continue
        print(f"{measure.title} ...", file=sys.stderr, flush=True)
        contests = [c for c in measure.contests if peers or c.entrant == SDK]
        for found in compare(contests, server, effort, throughput=measure.throughput):
            bar = measure.bar if found.entrant == SDK else None
            cost = f"{found.microseconds:,.1f} us"
            yield Row(measure.title, found.entrant, found.ratio, cost, bar, at_least=measure.throughput)
    if COLD in names:
        print("cold start ...", file=sys.stderr, flush=True)
        starts = cold_starts(server.plain, effort.rounds, peers=peers)
        for start in starts:
            bar = TIME_BAR if start.entrant == SDK else None
            title = "import, client and first call / the same with httpx"
            yield Row(title, start.entrant, start.ratio, f"{start.milliseconds:.0f} ms", bar)
        for start in starts:
            bar = MODULES_BAR if start.entrant == SDK else None
            yield Row("modules loaded at the first call", start.entrant, start.modules, "modules", bar)


def main(arguments: Sequence[str] | None = None) -> int:
    names = [measure.name for measure in MEASURES] + [COLD]
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", action="append", choices=names, help="one measure; repeatable")
    parser.add_argument("--no-peers", action="store_true", help="the SDK alone")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md too")
    chosen = parser.parse_args(arguments)
    with canned_server() as server:
        effort = QUICK if chosen.quick else THOROUGH
        rows = list(_rows(chosen.only or names, server, effort, peers=not chosen.no_peers))
    print(as_text(rows))
    if chosen.write:
        page.write_sdk(as_page(rows))
    return 0 if all(row.passed for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
