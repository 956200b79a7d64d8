"""Plays many stories of gateways that die, or one again.

python -m tests.chaos.run --count 100
python -m tests.chaos.run --database postgresql --seed 4711
python -m tests.chaos.run --database sqlite --count 10 --defect "sends before it commits"
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import httpx
import psycopg

from tests.arguments import at_least_one
from tests.chaos.databases import Databases, databases
from tests.chaos.planted import DEFECTS
from tests.chaos.play import Ended, Play, never_hit, total
from tests.chaos.story import Story, story

_SHOWN = 10


def played(told: Story, made: Databases, directory: Path, defect: str | None = None) -> Ended:
    """Play one story on a database of its own; what its processes logged is gone unless something is wrong."""
    folder = Path(tempfile.mkdtemp(prefix=f"{told.kind}-{told.seed}-", dir=directory))
    with made.one() as database:
        play = Play(told, database, made.tables, folder, defect)
        try:
            ended = play.run()
        except (AssertionError, OSError, RuntimeError, httpx.HTTPError, psycopg.Error, subprocess.SubprocessError):
            ended = play.ended
            ended.troubles.append(f"it broke off: {traceback.format_exc()}")
    if not ended.defects:
        shutil.rmtree(folder)
    again = f"python -m tests.chaos.run --database {told.kind} --seed {told.seed}"
    if ended.defects:
        ended.troubles.append(f"again: {again}{'' if defect is None else f' --defect {defect!r}'}; logs: {folder}")
    return ended


def _tell(kind: str, seeds: range, directory: Path, defect: str | None) -> list[Ended]:
    """Play stories and print what is wrong; with a planted defect only until it is found."""
    began = time.perf_counter()
    ended: list[Ended] = []
    with databases(kind, directory) as made:
        try:
            for seed in seeds:
                ended.append(played(story(seed, kind), made, directory, defect))
                if ended[-1].defects and sum(bool(each.defects) for each in ended) <= _SHOWN:
                    _say(str(ended[-1]))
                if defect is not None and ended[-1].found.defects:
                    break
        finally:
            _say(f"{kind}: {total(ended)}\n  {time.perf_counter() - began:.0f} s")
    return ended


def _say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _end(_: int, __: object) -> None:
    sys.exit(1)  # by way of what ends the other processes


def main() -> int:
    """Run from the command line; 1 with defects or points that were never hit, or if a planted defect is not found."""
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
    wrong, found = False, False
    for kind in kinds:
        ended = _tell(kind, seeds, directory, chosen.defect)
        wrong = wrong or any(each.defects for each in ended)
        found = found or any(each.found.defects for each in ended)
        if chosen.defect is None and chosen.seed is None:
            idle = never_hit(kind, ended)
            wrong = wrong or bool(idle)
            for each in idle:
                _say(f"{kind}: never hit: {each}")
    if not wrong:
        shutil.rmtree(directory)
    return int(wrong if chosen.defect is None else not found)


if __name__ == "__main__":
    sys.exit(main())
