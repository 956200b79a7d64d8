"""Plays many schedules and says how many went wrong: `python -m tests.simulation --schedules 20000 --seed 1`."""

from __future__ import annotations

import argparse
import gc
from collections import Counter
from collections.abc import Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing import get_context
from time import perf_counter, process_time
from unittest import mock

from attrs import frozen

from molam_sdk import errors
from tests.arguments import at_least_one
from tests.simulation.defects import DEFECTS, planted
from tests.simulation.generator import generate
from tests.simulation.play import play
from tests.simulation.schedule import Schedule
from tests.simulation.shrink import shrink

SHARE = 5000
"""Schedules that a process plays before it reports."""

SHOWN = 5
LINES = 40


@frozen
class Played:
    """What came of some schedules.

    Attributes:
        schedules: How many were played.
        attempts: Requests in them.
        faults: How often each fault was met.
        failures: Seed and what went wrong, of the first that did.
        seconds: Of one processor.
    """

    schedules: int
    attempts: int
    faults: Counter[str]
    failures: list[tuple[int, str]]
    seconds: float


def played(first: int, schedules: int, defect: str | None = None, most: int = SHOWN) -> Played:
    """Play the schedules of the seeds from `first` on; stop after `most` that go wrong."""
    began, attempts = process_time(), 0
    faults: Counter[str] = Counter()
    failures: list[tuple[int, str]] = []
    seed = first
    with _hurried(), planted(defect) if defect else nullcontext():
        for seed in range(first, first + schedules):
            world = play(generate(seed))
            attempts += world.attempts
            faults.update(world.met)
            if world.wrong:
                failures.append((seed, world.wrong[0]))
                if len(failures) == most:
                    break
    return Played(seed - first + 1, attempts, faults, failures, process_time() - began)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--schedules", type=at_least_one, default=20_000, help="how many (20,000)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--processes", type=at_least_one, default=1, help="how many work at it (1)")
    parser.add_argument("--replay", type=int, metavar="SEED", help="tell the story of one seed, shortened if it fails")
    parser.add_argument("--defect", choices=DEFECTS, metavar="NAME", help=f"plant one of: {', '.join(DEFECTS)}")
    given = parser.parse_args()
    if given.replay is not None:
        with planted(given.defect) if given.defect else nullcontext():
            return tell(generate(given.replay))
    began = perf_counter()
    total = Played(0, 0, Counter(), [], 0.0)
    for part in _parts(given.seed, given.schedules, given.processes, given.defect):
        total = Played(
            total.schedules + part.schedules,
            total.attempts + part.attempts,
            total.faults + part.faults,
            [*total.failures, *part.failures],
            total.seconds + part.seconds,
        )
        if len(total.failures) >= SHOWN:
            break
    seconds = perf_counter() - began
    print(
        f"{total.schedules:,} schedules from seed {given.seed} with {total.attempts:,} attempts in {seconds:.1f} s: "
        f"{total.schedules / seconds:,.0f} a second, {total.schedules / total.seconds:,.0f} a second and processor"
    )
    print(", ".join(f"{kind} {number:,}" for kind, number in sorted(total.faults.items())))
    print(f"{len(total.failures)} went wrong")
    for seed, wrong in total.failures[:SHOWN]:
        print(f"\nseed {seed}: {wrong}")
        with planted(given.defect) if given.defect else nullcontext():
            tell(generate(seed))
    return 1 if total.failures else 0


def tell(schedule: Schedule) -> int:
    """Print what happens in a schedule; in the shortest one that goes wrong like it, if it does."""
    wrong = play(schedule).wrong
    if wrong:
        schedule = shrink(schedule, wrong[0].partition(":")[0])
    world = play(schedule, told=True)
    print(f"{'shortened: ' if wrong else ''}{schedule}")
    story = world.story or []
    print("\n".join(story if len(story) <= LINES else [*story[: LINES // 2], "...", *story[-LINES // 2 :]]))
    for each in world.wrong:
        print(f"WRONG: {each}")
    return 1 if wrong else 0


@contextmanager
def _hurried() -> Generator[None]:
    """Leave out what takes a third of the time and is shown elsewhere: the words of errors, and looking for garbage."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        with mock.patch.object(errors, "describe", _in_few_words):
            yield
    finally:
        gc.set_threshold(*before)


def _in_few_words(status: int, *_: object) -> str:
    return str(status)


def _parts(first: int, schedules: int, processes: int, defect: str | None) -> Iterator[Played]:
    starts = range(first, first + schedules, SHARE)
    sizes = [min(SHARE, first + schedules - start) for start in starts]
    if processes == 1:
        yield from map(played, starts, sizes, [defect] * len(sizes))
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(played, starts, sizes, [defect] * len(sizes))
