"""One entrant in a process of its own: reads how often to repeat its task, writes the CPU seconds that took."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Mapping

from benchmarks.cores import pin_client

Task = Callable[[], object]
Setup = Callable[[str], Task]

ABSENT = "absent"
READY = "ready"


def _setup(entrant: str, task: str, url: str) -> Task | None:
    try:
        module = importlib.import_module(f"benchmarks.entrants.{entrant}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("benchmarks"):
            raise
        return None
    tasks: Mapping[str, Setup] = module.TASKS
    return tasks[task](url)


def main() -> None:
    pin_client()
    run = _setup(*sys.argv[1:4])
    print(ABSENT if run is None else READY, flush=True)
    if run is None:
        return
    for line in sys.stdin:
        times = range(int(line))
        begun = time.process_time()
        for _ in times:
            run()
        print(time.process_time() - begun, flush=True)


if __name__ == "__main__":
    main()
