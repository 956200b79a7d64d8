"""The processes of a run: gateways, the empty application, the slow provider and the generators of load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from benchmarks.gateway.generator import Course, Plan

_QUIET = ("--log-level", "warning")
_KEY = Fernet.generate_key().decode()
"""Of all gateways of a run, since they share its database."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that accepts connections."""

    url: str
    api_key: str
    pid: int

    def resident(self) -> int:
        """The memory of its processes in bytes, what they share counted once for each; 0 where nobody tells."""
        pids = [self.pid, *_children(self.pid)]
        return sum(_resident(pid) for pid in pids)


@contextmanager
def gateway(database: str, workers: int, *, simulators: str | None = None) -> Generator[Gateway]:
    """`molam-gateway serve` on this database; `simulators` is where its real providers are, if not within it."""
    command = ["molam_gateway", "serve", "--json", "--port", "0", "--database", database, "--workers", str(workers)]
    if simulators is not None:
        command = ["benchmarks.gateway.elsewhere", simulators, database, str(workers)]
    else:
        command += _QUIET
    key = {"MOLAM_GATEWAY_KEY": _KEY} if database.startswith("postgres") else {}
    with _process([sys.executable, "-m", *command], {**os.environ, **key}) as (process, line):
        told = json.loads(line)
        yield Gateway(told["url"], told["api_key"], process.pid)


@contextmanager
def listener(module: str, *arguments: str) -> Generator[str]:
    """The URL of a module that serves and prints its port."""
    with _process([sys.executable, "-m", module, *arguments], dict(os.environ)) as (_, line):
        yield f"http://127.0.0.1:{line.strip()}"


def load(plan: Plan, processes: int = 1) -> Course:
    """Carry a plan out, its clients dealt out to so many processes."""
    return ended(begun(plan, processes))


def begun(plan: Plan, processes: int = 1) -> Sequence[subprocess.Popen[str]]:
    """Begin to carry a plan out."""
    share = {**asdict(plan), "clients": plan.clients // processes, "rate": plan.rate and plan.rate / processes}
    command = [sys.executable, "-m", "benchmarks.gateway.generator", json.dumps(share)]
    return [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]


def ended(generators: Sequence[subprocess.Popen[str]]) -> Course:
    """What came of it, once all of it is over. Raises SystemExit if a generator failed."""
    courses: list[Course] = []
    for process in generators:
        said, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"a generator of load ended with {process.returncode}")
        courses.append(Course(**json.loads(said)))
    return Course(
        sum(each.done for each in courses),
        sum(each.failed for each in courses),
        max(each.seconds for each in courses),
        [latency for each in courses for latency in each.latencies],
    )


@contextmanager
def _process(command: Sequence[str], environment: dict[str, str]) -> Generator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            line = process.stdout.readline() if process.stdout is not None else ""
            if not line:
                raise SystemExit(f"{' '.join(command[1:4])} did not start")
            yield process, line
        finally:
            process.terminate()
            process.wait()


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
