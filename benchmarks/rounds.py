"""Interleaved rounds: every worker runs one block per round, and a ratio compares two blocks of the same round."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from benchmarks.worker import ABSENT


@dataclass(frozen=True)
class Effort:
    """How long a measurement may take."""

    rounds: int
    block_seconds: float
    warm_up: int


THOROUGH = Effort(rounds=25, block_seconds=0.15, warm_up=300)
QUICK = Effort(rounds=7, block_seconds=0.04, warm_up=100)


class Worker:
    """The parent's end of one worker process."""

    def __init__(self, entrant: str, task: str, url: str) -> None:
        self._role = f"{entrant}, {task}"
        command = [sys.executable, "-m", "benchmarks.worker", entrant, task, url]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.absent = self._read() == ABSENT
        self._block = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=30)

    def calibrate(self, effort: Effort) -> None:
        self._run(effort.warm_up)
        probe = 20
        while (taken := self._run(probe)) < effort.block_seconds / 5:
            probe *= 2
        self._block = max(1, round(probe * effort.block_seconds / taken))

    def measure(self) -> float:
        """CPU seconds of one call, averaged over one block."""
        return self._run(self._block) / self._block

    def _run(self, times: int) -> float:
        if self._process.stdin is None:
            raise RuntimeError("the worker has no input")
        print(times, file=self._process.stdin, flush=True)
        return float(self._read())

    def _read(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise RuntimeError(f"the worker of {self._role} ended early")
        return line.strip()


@dataclass(frozen=True)
class Contest:
    """One entrant's task and the task it is compared with; both as (entrant, task)."""

    entrant: str
    subject: tuple[str, str]
    baseline: tuple[str, str]


@dataclass(frozen=True)
class Ratio:
    entrant: str
    ratio: float
    microseconds: float


def compare(contests: Sequence[Contest], url: str, effort: Effort) -> list[Ratio]:
    """The median of per-round ratios for each contest whose packages are installed."""
    wanted = {role for contest in contests for role in (contest.subject, contest.baseline)}
    with ExitStack() as stack:
        workers: dict[tuple[str, str], Worker] = {}
        for role in sorted(wanted):
            worker = stack.enter_context(Worker(*role, url))
            if not worker.absent:
                worker.calibrate(effort)
                workers[role] = worker
        present = [c for c in contests if c.subject in workers and c.baseline in workers]
        order = list(workers)
        rounds: list[dict[tuple[str, str], float]] = []
        for _ in range(effort.rounds):
            random.shuffle(order)
            rounds.append({role: workers[role].measure() for role in order})
    return [
        Ratio(
            contest.entrant,
            statistics.median(r[contest.subject] / r[contest.baseline] for r in rounds),
            statistics.median(r[contest.subject] for r in rounds) * 1e6,
        )
        for contest in present
    ]
