"""Interleaved rounds: every worker runs one block per round, and a ratio compares two blocks of the same round."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from benchmarks.worker import ABSENT


@dataclass(frozen=True)
class Server:
    """Where the canned answers are: URLs without and with TLS, and the file with the authority of the latter."""

    plain: str
    sealed: str
    authority: str


@dataclass(frozen=True)
class Effort:
    """How long a measurement may take."""

    rounds: int
    block_seconds: float
    warm_up: int


THOROUGH = Effort(rounds=25, block_seconds=0.15, warm_up=300)
QUICK = Effort(rounds=7, block_seconds=0.04, warm_up=100)


@dataclass(frozen=True)
class Cost:
    """Seconds of one call: of the processor and of the clock; over how many calls that was averaged."""

    cpu: float
    wall: float
    calls: int


class Worker:
    """The parent's end of one worker process."""

    def __init__(self, entrant: str, task: str, server: Server) -> None:
        url = server.sealed if task.endswith("TLS") else server.plain
        self._role = f"{entrant}, {task}"
        command = [sys.executable, "-m", "benchmarks.worker", entrant, task, url]
        environment = os.environ | {"MOLAM_BENCH_AUTHORITY": server.authority}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
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
        calls = self._run(1).calls
        self._run(max(1, effort.warm_up // calls))
        times = 1
        while (taken := self._run(times)).cpu * taken.calls < effort.block_seconds / 5:
            times *= 2
        self._block = max(1, round(times * effort.block_seconds / (taken.cpu * taken.calls)))

    def measure(self) -> Cost:
        """What one call costs, averaged over one block."""
        return self._run(self._block)

    def _run(self, times: int) -> Cost:
        if self._process.stdin is None:
            raise RuntimeError("the worker has no input")
        print(times, file=self._process.stdin, flush=True)
        cpu, wall, calls = self._read().split()
        return Cost(float(cpu), float(wall), int(calls))

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

    def ratio(self, costs: Mapping[tuple[str, str], Cost], *, throughput: bool) -> float:
        """CPU over the baseline's, or throughput over the baseline's."""
        subject, baseline = costs[self.subject], costs[self.baseline]
        return baseline.wall / subject.wall if throughput else subject.cpu / baseline.cpu


@dataclass(frozen=True)
class Ratio:
    entrant: str
    ratio: float
    microseconds: float


def compare(contests: Sequence[Contest], server: Server, effort: Effort, *, throughput: bool = False) -> list[Ratio]:
    """The median of per-round ratios for each contest whose packages are installed."""
    wanted = {role for contest in contests for role in (contest.subject, contest.baseline)}
    with ExitStack() as stack:
        workers: dict[tuple[str, str], Worker] = {}
        for role in sorted(wanted):
            worker = stack.enter_context(Worker(*role, server))
            if not worker.absent:
                worker.calibrate(effort)
                workers[role] = worker
        present = [c for c in contests if c.subject in workers and c.baseline in workers]
        order = list(workers)
        rounds: list[dict[tuple[str, str], Cost]] = []
        for _ in range(effort.rounds):
            random.shuffle(order)
            rounds.append({role: workers[role].measure() for role in order})
    return [
        Ratio(
            contest.entrant,
            statistics.median(contest.ratio(r, throughput=throughput) for r in rounds),
            statistics.median(_shown(r[contest.subject], throughput=throughput) for r in rounds) * 1e6,
        )
        for contest in present
    ]


def _shown(cost: Cost, *, throughput: bool) -> float:
    return cost.wall if throughput else cost.cpu
