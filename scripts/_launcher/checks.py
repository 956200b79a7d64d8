"""Runs tox environments, those that keep one processor busy side by side, and says how long each took."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from _launcher.environments import ROOT

SINGLE = frozenset({"contract", "docs", "lint", "packaging", "types"})
"""Environments of one process each; all others have workers of their own, and tests that look at the clock."""
_AT_A_TIME = 2


@dataclass(frozen=True)
class Check:
    """An environment that has run; the seconds are those of the clock, and of all its processes on a processor."""

    name: str
    status: int
    seconds: float
    busy: float
    output: bytes = b""


def run(names: Sequence[str], command: Sequence[str], passed_on: Sequence[str], env: Mapping[str, str]) -> list[Check]:
    """Run each environment, whatever becomes of the others; `command` is tox with its options."""

    def done(name: str, *, shown: bool) -> Check:
        return _run(name, [*command, "-e", name, *passed_on], env, shown=shown)

    checks: list[Check] = []
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        under_way = [pool.submit(done, name, shown=False) for name in names if name in SINGLE]
        for each in as_completed(under_way):
            checks.append(each.result())
            sys.stdout.buffer.write(checks[-1].output)
            sys.stdout.flush()
    checks += [done(name, shown=True) for name in names if name not in SINGLE]
    return sorted(checks, key=lambda check: names.index(check.name))


def table(checks: Sequence[Check], seconds: float) -> str:
    """What ran, how it ended and how long it took, for people."""
    width = max(len("environment"), *(len(check.name) for check in checks))
    rows = [f"{'environment':{width}}  result  seconds  on processors"]
    rows += [
        f"{check.name:{width}}  {'FAILED' if check.status else 'ok':6}  {check.seconds:7.0f}  {check.busy:13.0f}"
        for check in checks
    ]
    total = f"{'all':{width}}  {'FAILED' if any(check.status for check in checks) else 'ok':6}"
    rows.append(f"{total}  {seconds:7.0f}  {sum(check.busy for check in checks):13.0f}")
    return "\n".join(rows)


def _run(name: str, command: Sequence[str], env: Mapping[str, str], *, shown: bool) -> Check:
    begun = time.monotonic()
    out, err = (None, None) if shown else (subprocess.PIPE, subprocess.STDOUT)
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=err) as process:
        output = b"" if process.stdout is None else process.stdout.read()
        busy = 0.0
        if sys.platform != "win32":
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            busy = used.ru_utime + used.ru_stime
    return Check(name, process.returncode, time.monotonic() - begun, busy, output)
