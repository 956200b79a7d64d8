"""Starts the gateway's sandbox as a user does: the command, one line of JSON, a signal to stop."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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
def running(command: str) -> Iterator[Sandbox]:
    """A sandbox with a database of its own; it is told to stop at the end and has to do so with exit status 0.

    Raises SandboxError if it does neither.
    """
    with subprocess.Popen([command, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise SandboxError("the sandbox has no standard output")
        line = process.stdout.readline()
        if not line:
            raise SandboxError(f"the sandbox ended with status {process.wait()} before it listened; see above")
        try:
            told = json.loads(line)
            yield Sandbox(told["url"], told["api_key"], told["version"])
        finally:
            process.terminate()
            status = process.wait(STOPPING)
        if status != 0:
            raise SandboxError(f"the sandbox ended with status {status}")
