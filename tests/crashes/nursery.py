"""Starts programs that are to be killed, by forking them from a process that has imported everything already."""

import gc
import json
import logging
import os
import pkgutil
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).parents[2]
_PATIENCE = 30.0
_OPTIONAL = (ImportError, RuntimeError)
_ALSO = (
    "tests.crashes.shop",
    "tests.crashes.postbox",
    "psycopg",
    "psycopg_binary",
    "aiosqlite",
    "sqlite3",
    "encodings.idna",
)
STOPPED = "stopped"


class Nursery:
    """A process that forks others. Each runs `live(specification)` of a module and ends, or is ended."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crashes.nursery"],
            cwd=_ROOT,
            env=environment | {"PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def start(self, specification: Mapping[str, Any]) -> int:
        """Start a program; its process id."""
        return int(self._ask({"start": specification}))

    def wait(self, pid: int) -> int | str:
        """The exit status of a program, negative for a signal, or `stopped` as soon as it has stopped itself."""
        status = self._ask({"wait": pid}, pid)
        return status if isinstance(status, str) else int(status)

    def close(self) -> None:
        """End the process that forks, and whatever of it still lives."""
        self._process.communicate(timeout=_PATIENCE)

    def _ask(self, question: Mapping[str, Any], pid: int | None = None) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], _PATIENCE)[0]:
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
            raise TimeoutError(f"a program did not end within {_PATIENCE:.0f} s")
        return json.loads(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _serve() -> None:
    _import_everything()
    gc.collect()
    gc.freeze()
    living: set[int] = set()
    for line in sys.stdin.buffer:
        question = json.loads(line)
        answer: object
        if "start" in question:
            answer = pid = os.fork() or _live(question["start"])
            living.add(pid)
        else:
            pid, status = os.waitpid(question["wait"], os.WUNTRACED)
            answer = STOPPED if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)
            if answer != STOPPED:
                living.discard(pid)
        os.write(1, json.dumps(answer).encode() + b"\n")
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def _live(specification: Mapping[str, Any]) -> int:
    status = 1
    logging.disable()  # they say what is wrong, and here something always is
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)
        import_module(specification["program"]).live(specification)
        status = 0
    except BaseException as error:  # noqa: BLE001 - nothing may reach the loop of the parent
        with Path(specification["notes"]).open("a") as notes:
            notes.write(f"raised {type(error).__name__}\n")
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)
    return status


def _import_everything() -> None:
    """What a life would import goes on as lines of the SDK otherwise, and takes the time of a hundred lives."""
    import molam_sdk
    import molam_sdk.durable

    for name in ("molam_sdk", "molam_api.models", "molam_api.api.payment_intents"):
        package = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if module.name.startswith("molam_sdk.contrib."):  # wants a project's settings
                continue
            try:
                import_module(module.name)
            except _OPTIONAL:
                continue
    for name in molam_sdk.durable.__all__:
        getattr(molam_sdk.durable, name)
    for name in _ALSO:
        import_module(name)


if __name__ == "__main__":
    _serve()
