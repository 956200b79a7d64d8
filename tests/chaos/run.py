"""Plays many stories of gateways that die, or one again.

python -m tests.chaos.run --count 100
python -m tests.chaos.run --database postgresql --seed 4711
python -m tests.chaos.run --database sqlite --count 10 --defect "sends before it commits"
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.arguments import at_least_one
from tests.chaos.databases import Databases, databases
from tests.chaos.planted import DEFECTS
from tests.chaos.play import Ended, Play, total
from tests.chaos.story import Story, story

_SHOWN = 10


def played(told: Story, made: Databases, directory: Path, defect: str | None = None) -> Ended:
    """Play one story on a database of its own; what its processes logged is gone unless something is wrong."""
    folder = Path(tempfile.mkdtemp(prefix=f"{told.kind}-{told.seed}-", dir=directory))
    with made.one() as database:
        ended = Play(told, database, folder, defect).run()
    if not ended.defects:
        shutil.rmtree(folder)
    again = f"python -m tests.chaos.run --database {told.kind} --seed {told.seed}"
    if ended.defects:
        ended.troubles.append(f"again: {again}{'' if defect is None else f' --defect {defect!r}'}; logs: {folder}")
    return ended


def _tell(kind: str, seeds: range, directory: Path, defect: str | None) -> list[Ended]:
    began = time.perf_counter()
    ended: list[Ended] = []
    with databases(kind, directory) as made:
        for seed in seeds:
            ended.append(played(story(seed, kind), made, directory, defect))
            if ended[-1].defects and sum(bool(each.defects) for each in ended) <= _SHOWN:
                sys.stdout.write(f"{ended[-1]}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{kind}: {total(ended)}; {time.perf_counter() - began:.0f} s\n")
    sys.stdout.flush()
    return ended


def _end(_: int, __: object) -> None:
    sys.exit(1)  # by way of what ends the other processes


def main() -> int:
    """Run from the command line; 1 with defects, or without any where one is planted."""
    signal.signal(signal.SIGTERM, _end)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    parser.add_argument("--count", type=at_least_one, default=100, help="stories in all, shared among databases")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this story")
    parser.add_argument("--defect", choices=list(DEFECTS), help="plant a defect, which must come to light")
    chosen = parser.parse_args()
    kinds = chosen.database or ["sqlite", "postgresql"]
    seeds = range(chosen.first, chosen.first - (-chosen.count // len(kinds)))
    if chosen.seed is not None:
        seeds = range(chosen.seed, chosen.seed + 1)
    directory = Path(tempfile.mkdtemp(prefix="molam-chaos-stories-"))
    ended = [each for kind in kinds for each in _tell(kind, seeds, directory, chosen.defect)]
    wrong = any(each.defects for each in ended)
    if not wrong:
        shutil.rmtree(directory)
    return int(wrong is (chosen.defect is None))


if __name__ == "__main__":
    sys.exit(main())
