"""Runs the command in a process of its own."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

COMMAND = [sys.executable, "-m", "molam_sdk.cli"]
PATIENCE = 20.0


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


@dataclass(frozen=True)
class Molam:
    """The command with an environment."""

    variables: Mapping[str, str]

    def having(self, **variables: str) -> "Molam":
        return Molam({**self.variables, **variables})

    def __call__(self, *arguments: str, stdin: bytes = b"", status: int | None = 0) -> Done:
        """Run to the end; the exit status has to be `status`, and no traceback is ever shown."""
        done = subprocess.run(
            [*COMMAND, *arguments], env=self.variables, input=stdin, capture_output=True, timeout=PATIENCE, check=False
        )
        found = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in found.err, found.err
        assert status is None or found.status == status, found
        return found


class Running:
    """A command that goes on beside the test."""

    def __init__(self, molam: Molam, arguments: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=molam.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=os.name != "nt",
        )
        self.err: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._readers = [
            self._read(self.process.stdout, self._lines.put),
            self._read(self.process.stderr, self.err.append),
        ]

    def line(self) -> str:
        """The next line of standard output."""
        try:
            return self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"it says nothing more; on standard error: {self.err}") from None

    def json(self) -> Any:
        """The next line of standard output, as JSON."""
        return json.loads(self.line())

    def said(self, words: str) -> None:
        """Wait until it has said something on standard error."""
        ends = time.monotonic() + PATIENCE
        while not any(words in line for line in self.err):
            assert time.monotonic() < ends, self.err
            time.sleep(0.01)

    def interrupt(self, status: int = 0) -> None:
        """Press Ctrl+C; it has to end with `status`."""
        if os.name == "nt":
            self.process.terminate()
        else:
            os.killpg(self.process.pid, signal.SIGINT)
        self.ended(status)

    def ended(self, status: int = 0) -> None:
        """Wait for the end."""
        found = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        assert found == status, self.err
        assert "Traceback" not in "".join(self.err)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join(PATIENCE)

    @staticmethod
    def _read(stream: IO[str], take: Callable[[str], object]) -> threading.Thread:
        def read() -> None:
            with stream:
                for line in stream:
                    take(line)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread
