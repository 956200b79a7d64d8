"""The processes of a story: gateways and the simulators of providers, which die and come back at the same address."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.chaos.cluster import free_port
from tests.chaos.databases import Database
from tests.chaos.variables import TABLES, TALLY

API_KEY = "sk_test_chaos0123456789abcdef"
KEY = "Y2hhb3MtY2hhb3MtY2hhb3MtY2hhb3MtY2hhb3MtMDE="
_PROGRAM = ("-m", "tests.chaos.program")
_ROOT = Path(__file__).parents[2]


class Child:
    """A program on a port of its own that prints one line of JSON when it is ready."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], directory: Path) -> None:
        self.port = free_port()
        self.said: Mapping[str, Any] = {}
        self.alone = threading.RLock()
        self._name = name
        self._command = command
        self._environment = environment
        self._directory = directory
        self._process: subprocess.Popen[str] | None = None
        self._orphans: list[psutil.Process] = []

    def start(self, **variables: str) -> bool:
        """Start it, and say whether it came so far that it serves; without it is dead again."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "COV_"))}
        path = os.pathsep.join([str(_ROOT), *filter(None, sys.path)])
        with (self._directory / f"{self._name}.log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._command, "--port", str(self.port)],
                env={**kept, **self._environment, **variables, "PYTHONPATH": path},
                cwd=self._directory,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            self.said = json.loads(line)
        return bool(line)

    @property
    def dead(self) -> bool:
        """Whether it runs no more."""
        return self._process is None or self._process.poll() is not None

    @property
    def status(self) -> int | None:
        """How it ended, negative for a signal."""
        return None if self._process is None else self._process.poll()

    def kill(self) -> None:
        """End it at once, and what it started."""
        for each in (*self.descendants(), *self._orphans):
            with _gone_already():
                each.kill()
        self._orphans.clear()
        self.forget()

    def forget(self) -> None:
        """End it alone: what it started has to find out."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def kill_one(self, choice: float) -> str | None:
        """End one of its processes, and say which; None if it runs no more."""
        if self.dead or self._process is None:
            return None
        workers = [each for each in self.descendants() if "spawn_main" in " ".join(_line(each))]
        chosen = int(choice * (len(workers) + 1)) - 1 if workers else -1
        with _gone_already():
            if chosen >= 0:
                workers[chosen].kill()
                return "worker killed"
            self._orphans += workers
            self._process.kill()
            self._process.wait()
        return "supervisor killed" if workers else "process killed"

    def descendants(self) -> list[psutil.Process]:
        """The processes that it started."""
        if self._process is None or self._process.poll() is not None:
            return []
        try:
            return psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []


class Gateway(Child):
    """`molam-gateway serve`, with a planted defect if one is named."""

    def __init__(
        self,
        number: int,
        database: Database,
        workers: int,
        simulators: str,
        directory: Path,
        variables: Mapping[str, str],
    ) -> None:
        command = ["serve", "--json", "--database", database.url, "--workers", str(workers), "--api-key", API_KEY]
        super().__init__(
            f"gateway-{number}",
            [*_PROGRAM, *command],
            {
                "MOLAM_GATEWAY_KEY": KEY,
                "MOLAM_GATEWAY_SIMULATORS_URL": simulators,
                TALLY: str(directory / f"gateway-{number}.tally"),
                **variables,
            },
            directory,
        )

    def reached(self) -> Counter[str]:
        """How often it came to each failpoint."""
        tally = self._directory / f"{self._name}.tally"
        return Counter(tally.read_text().split() if tally.exists() else ())

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


class Simulators(Child):
    """`molam-gateway simulators`: the providers, whose books survive them in files."""

    def __init__(self, directory: Path, tables: Path) -> None:
        super().__init__("simulators", [], {TABLES: str(tables)}, directory)
        self._ahead = 0

    @property
    def url(self) -> str:
        """Where the simulators are, each under its name."""
        return f"http://127.0.0.1:{self.port}/sandbox/simulators"

    def hears(self, gateway: str) -> None:
        """Let webhooks go to this gateway."""
        books = str(self._directory / "providers")
        self._command = [*_PROGRAM, "simulators", "--gateway", gateway, "--books", books]

    def start(self, **variables: str) -> bool:
        """Start them, as far ahead of the time outside as they were."""
        came = super().start(**variables)
        if self._ahead:
            self._put_forward(self._ahead)
        return came

    def advance(self, seconds: int) -> None:
        """Put their clock forward."""
        with self.alone:
            self._ahead += seconds
            self._put_forward(seconds)

    def control(self, provider: str, what: str, members: Mapping[str, Any]) -> None:
        """Ask a simulator for something special."""
        httpx.post(f"{self.url}/{provider}/_control/{what}", json=members, timeout=30).raise_for_status()

    def calm(self) -> None:
        """Let no more requests fail."""
        for provider in self.said["simulators"]:
            httpx.delete(f"{self.url}/{provider}/_control/faults", timeout=30).raise_for_status()

    def movements(self) -> Sequence[Mapping[str, Any]]:
        """Every movement in their books."""
        found: list[Mapping[str, Any]] = []
        for provider in self.said["simulators"]:
            answer = httpx.get(f"{self.url}/{provider}/_control/ledger", timeout=30).raise_for_status()
            found += [{**each, "provider": provider} for each in answer.json()["movements"]]
        return found

    def _put_forward(self, seconds: int) -> None:
        url = f"http://127.0.0.1:{self.port}/clock/advance"
        httpx.post(url, json={"seconds": seconds}, timeout=30).raise_for_status()


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _gone_already() -> contextlib.AbstractContextManager[None]:
    return contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError)
