"""One entrant in a process of its own: reads how often to repeat its task, writes the seconds that took, per call."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable, Mapping

from benchmarks.cores import pin_client

Task = Callable[[], object]
Setup = Callable[[str], Task]

ABSENT = "absent"
READY = "ready"
PEERS = frozenset({"aiohttp", "openai", "stripe", "svix"})
"""Entrants that may be missing; without the SDK or what it is compared with, nothing is measured."""


def _setup(entrant: str, task: str, url: str) -> Task | None:
    try:
        module = importlib.import_module(f"benchmarks.entrants.{entrant}")
    except ModuleNotFoundError as error:
        if entrant in PEERS and (error.name or "").partition(".")[0] == entrant:
            return None
        raise
    tasks: Mapping[str, Setup] = module.TASKS
    return tasks[task](url)


def main() -> None:
    pin_client()
    run = _setup(*sys.argv[1:4])
    print(ABSENT if run is None else READY, flush=True)
    if run is None:
        return
    for line in sys.stdin:
        times = int(line)
        begun, wall = time.process_time(), time.monotonic()
        for _ in range(times):
            run()
        calls = times * getattr(run, "calls", 1)
        print((time.process_time() - begun) / calls, (time.monotonic() - wall) / calls, calls, flush=True)
    close = getattr(run, "close", None)
    if close is not None:
        close()


if __name__ == "__main__":
    main()
    os._exit(0)  # what an entrant has left open is nobody's concern here
