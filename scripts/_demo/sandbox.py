"""Starts the gateway's sandbox as a user does: the command, one line of JSON, a signal to stop."""

import json
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STOPPING = 35.0


class SandboxError(Exception):
    """The sandbox did not start or did not stop as promised."""


@dataclass(frozen=True)
class Sandbox:
    """Where the sandbox listens and what opens it."""

    url: str
    api_key: str
    version: str


@contextmanager
def running(command: Path, log: Path) -> Generator[Sandbox, None, None]:
    """A sandbox with a database of its own; it is told to stop at the end and has to do so with exit status 0.

    Raises SandboxError, with the end of its log, if it does not start or stop.
    """
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            [command, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        line = "" if process.stdout is None else process.stdout.readline()
        if not line:
            raise _failed(f"ended with status {process.wait()} before it listened", log)
        try:
            told = json.loads(line)
            yield Sandbox(told["url"], told["api_key"], told["version"])
        finally:
            process.terminate()
            status = process.wait(STOPPING)
        if status != 0:
            raise _failed(f"ended with status {status}", log)


def _failed(how: str, log: Path) -> SandboxError:
    last = log.read_text(encoding="utf-8").splitlines()[-20:]
    return SandboxError("\n".join([f"the sandbox {how}; the end of {log}:", *last]))
