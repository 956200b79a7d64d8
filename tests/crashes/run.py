"""Tells many stories of processes that die, or one again.

python -m tests.crashes.run --count 1000
python -m tests.crashes.run payments --database postgresql --seed 4711
"""

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.arguments import at_least_one
from tests.crashes.databases import merchants
from tests.crashes.events import Events
from tests.crashes.gateway import Gateway, gateway
from tests.crashes.nursery import Nursery
from tests.crashes.payments import Payments
from tests.crashes.stage import Stage

_BLOCK = 50
_SHOWN = 10
STAGES: dict[str, type[Stage]] = {"payments": Payments, "events": Events}


def _tell(stage: str, kind: str, seeds: range, nursery: Nursery, made: Gateway, directory: Path) -> list[str]:
    began = time.perf_counter()
    defects: list[str] = []
    points: Counter[str] = Counter()
    with merchants(kind, directory) as database:
        told = STAGES[stage](nursery, made, database, directory)
        for first in range(seeds.start, seeds.stop, _BLOCK):
            played = [told.play(told.story(seed)) for seed in seeds[first - seeds.start : first - seeds.start + _BLOCK]]
            defects += told.judge(played)
            for ended in played:
                points.update(ended.points)
            if len(seeds) == 1:
                sys.stdout.write(f"{played[0]}\n")
    seconds = time.perf_counter() - began
    sys.stdout.write(
        f"{stage} on {kind}: {len(seeds)} stories, {points.total()} deaths at {len(points)} points, "
        f"{len(defects)} with a defect, {seconds:.0f} s ({len(seeds) / seconds:.1f} a second)\n"
    )
    for defect in defects[:_SHOWN]:
        sys.stdout.write(f"{defect}\n")
    sys.stdout.flush()
    return defects


def _end(_: int, __: object) -> None:
    sys.exit(1)  # by way of what ends the other processes


def main() -> int:
    """Run from the command line; 1 with defects."""
    signal.signal(signal.SIGTERM, _end)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stages", nargs="*", default=list(STAGES), metavar="stage", help=" or ".join(STAGES))
    parser.add_argument("--database", action="append", choices=["sqlite", "postgresql", "mariadb"])
    parser.add_argument(
        "--count", type=at_least_one, default=1_000, help="stories in all, shared among stages and databases"
    )
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this story")
    chosen = parser.parse_args()
    kinds = chosen.database or ["sqlite", "postgresql", "mariadb"]
    each = -(-chosen.count // (len(kinds) * len(chosen.stages)))
    seeds = range(chosen.first, chosen.first + each)
    if chosen.seed is not None:
        seeds = range(chosen.seed, chosen.seed + 1)
    defects: list[str] = []
    with tempfile.TemporaryDirectory() as directory, gateway() as made, Nursery() as nursery:
        for stage in chosen.stages:
            for kind in kinds:
                defects += _tell(stage, kind, seeds, nursery, made, Path(directory))
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
